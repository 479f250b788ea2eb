"""What finance does with a bank statement on the pages."""

from decimal import Decimal

import pytest
from django.utils import timezone

from members.models import BankStatement, DuesPayment, StatementLine
from members.statement_importing import match
from members.statement_reading import guessed
from tests.factories import PaymentFactory, StandardFactory, TierFactory, member
from tests.members.banking import TITLES, csv_file, line

pytestmark = pytest.mark.django_db

STATEMENTS = "/admin/members/bankstatement/"
State = StatementLine.State
YEAR = timezone.localdate().year


def of_today(payer="甲矿业有限公司", remark=f"{YEAR}年度会费", amount="5000", number="") -> list:
    return line(payer, remark, amount, paid_on=f"{YEAR}-01-01", number=number)


def owing(name="甲矿业有限公司"):
    for year in (YEAR - 2, YEAR - 1, YEAR):
        StandardFactory(tier=TierFactory(), year=year)
    return member(name=name, paid=(YEAR - 2, YEAR - 1))


def send(client, *rows, name="流水.csv"):
    return client.post(f"{STATEMENTS}add/", {"file": csv_file(*rows, name=name)})


def taken_in(client, *rows) -> BankStatement:
    """A statement whose columns were named on its page, matched as the worker does."""
    send(client, *rows)
    statement = BankStatement.objects.get()
    columns = {f"column{place}": each for place, each in enumerate(guessed(TITLES))}
    client.post(f"{STATEMENTS}{statement.pk}/columns/", columns)
    match(statement)
    return statement


def told(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


def page(client, statement, query=""):
    return client.get(f"{STATEMENTS}{statement.pk}/change/{query}")


def press(client, statement, act, query="", **data):
    place = f"{STATEMENTS}{statement.pk}/change/{query}"
    return client.post(place, {"act": act} | data, follow=True)


def test_a_new_form_of_export_asks_for_its_columns_and_the_next_one_does_not(as_role):
    finance = as_role("finance")

    first = send(finance, of_today())
    statement = BankStatement.objects.get()
    assert first.url == f"{STATEMENTS}{statement.pk}/change/"
    asked = finance.get(first.url, follow=True)
    form = asked.context["form"]
    assert [form[name].value() for name in form.fields] == guessed(TITLES)
    columns = {f"column{place}": each for place, each in enumerate(guessed(TITLES))}
    finance.post(f"{STATEMENTS}{statement.pk}/columns/", columns)
    second = send(finance, of_today(payer="乙"), name="四月.csv")

    assert [each.lines.count() for each in BankStatement.objects.order_by("pk")] == [1, 1]
    assert second.status_code == 302


def test_wrong_columns_are_told_and_nothing_is_lost(as_role):
    finance = as_role("finance")
    send(finance, of_today())
    statement = BankStatement.objects.get()

    response = finance.post(f"{STATEMENTS}{statement.pk}/columns/", {"column0": "payer"})

    assert response.context["form"].non_field_errors() == ["请说明哪一列是“日期”。"]
    assert StatementLine.objects.count() == 0


def test_a_file_that_is_none_is_refused_at_the_field(as_role):
    finance = as_role("finance")
    upload = csv_file(of_today(), name="流水.pdf")

    response = finance.post(f"{STATEMENTS}add/", {"file": upload})

    assert response.context["form"].errors["file"] == [
        "只接受 Excel（.xlsx）和 .csv 文件。旧的 .xls 文件请先另存为 .xlsx。"
    ]
    assert BankStatement.objects.count() == 0


def test_the_same_file_again_leads_to_its_page(as_role):
    finance = as_role("finance")
    statement = taken_in(finance, of_today())

    response = finance.post(f"{STATEMENTS}add/", {"file": csv_file(of_today())}, follow=True)

    assert response.redirect_chain[-1][0] == f"{STATEMENTS}{statement.pk}/change/"
    assert told(response)[-1] == "这个文件以前已经导入过，没有任何改动。"


def test_sure_lines_are_booked_with_one_button(as_role):
    unit, finance = owing(), as_role("finance")
    statement = taken_in(finance, of_today())

    shown = page(finance, statement)
    total = shown.context["total"]
    response = press(finance, statement, "book_all", lines=total.lines, amount=total.amount)

    assert told(response) == ["已入账 1 笔。"]
    assert unit.payments.get(year=YEAR).amount == Decimal(5000)


def test_a_doubtful_line_is_booked_for_the_chosen_unit_and_years(as_role):
    unit, finance = owing(), as_role("finance")
    statement = taken_in(finance, of_today(amount="7000"))
    [card] = page(finance, statement).context["cards"]
    prefix = f"line{card['line'].pk}"
    assert (card["chosen"], card["candidates"][0].owed) == (str(unit.pk), [(YEAR, Decimal(5000))])

    response = press(
        finance,
        statement,
        "book",
        line=card["line"].pk,
        **{
            f"{prefix}-unit": unit.pk,
            f"{prefix}-year1": YEAR,
            f"{prefix}-amount1": 5000,
            f"{prefix}-year2": YEAR + 1,
            f"{prefix}-amount2": 2000,
        },
    )

    assert response.status_code == 200
    assert list(
        unit.payments.filter(share__isnull=False).order_by("year").values_list("year", "amount")
    ) == [(YEAR, 5000), (YEAR + 1, 2000)]


def test_a_line_of_nobody_is_booked_for_a_unit_that_is_typed_in(as_role):
    unit, finance = owing(name="海湾矿业有限公司"), as_role("finance")
    statement = taken_in(finance, of_today(payer="王建国", remark="海矿"))
    held = statement.lines.get()
    prefix = f"line{held.pk}"

    press(
        finance,
        statement,
        "book",
        line=held.pk,
        **{f"{prefix}-unit": "other", f"{prefix}-other": "海湾", f"{prefix}-year1": YEAR},
    )

    assert unit.payments.filter(share__line=held).count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"year1": YEAR, "amount1": "4999"}, "各部分合计 ¥4,999，与这笔款的 ¥7,000 不符。"),
        ({}, "请填写会费年度。"),
        ({"year1": YEAR, "unit": "other"}, "请选择这是哪个单位的会费。"),
        ({"year1": YEAR, "unit": "other", "other": "查无"}, "没有找到“查无”。"),
        ({"year1": YEAR, "unit2": "\0"}, "不允许是用空字符串。"),
    ],
)
def test_what_does_not_do_is_said_beside_the_line(as_role, typed, said):
    unit, finance = owing(), as_role("finance")
    statement = taken_in(finance, of_today(amount="7000"))
    held = statement.lines.get()
    data = {f"line{held.pk}-{name}": value for name, value in ({"unit": unit.pk} | typed).items()}

    response = press(finance, statement, "book", line=held.pk, **data)

    [card] = response.context["cards"]
    errors = [text for texts in card["form"].errors.values() for text in texts]
    assert errors == [said]
    assert not DuesPayment.objects.filter(share__isnull=False).exists()


def test_a_line_is_set_aside_with_its_reason_and_taken_back(as_role):
    finance = as_role("finance")
    statement = taken_in(finance, of_today(payer="王建国", remark="注册费"))
    held = statement.lines.get()

    press(finance, statement, "set_aside", line=held.pk, **{f"line{held.pk}-reason": "注册费"})
    assert statement.lines.get().reason == "注册费"
    press(finance, statement, "take_back", line=held.pk)

    assert statement.lines.get().state == State.UNMATCHED


def test_only_finance_books(as_role):
    statement = taken_in(as_role("finance"), of_today())
    reader = as_role("read_only")

    assert page(reader, statement).status_code == 200
    assert press(reader, statement, "again").status_code == 403
    assert as_role("editor").get(STATEMENTS).status_code == 403


def test_a_line_leads_to_its_statement(as_role):
    finance = as_role("finance")
    statement = taken_in(finance, of_today())
    held = statement.lines.get()

    response = finance.get(f"/admin/members/statementline/{held.pk}/change/")

    assert response.url == (
        f"{STATEMENTS}{statement.pk}/change/?show={held.state}&line={held.pk}#line-{held.pk}"
    )


@pytest.mark.parametrize("state", ["proposed", "doubtful"])
def test_a_page_asks_as_much_for_one_line_as_for_three(
    as_role, django_assert_max_num_queries, state
):
    finance = as_role("finance")
    amount = "5000" if state == "proposed" else "4000"
    names = ["甲矿业有限公司", "乙矿业有限公司", "丙矿业有限公司"]
    for name in names:
        PaymentFactory(unit=owing(name=name), year=YEAR - 1, amount=1)
    statement = taken_in(finance, *(of_today(payer=name, amount=amount) for name in names))

    with django_assert_max_num_queries(24):
        assert len(page(finance, statement, f"?show={state}").context["lines"]) == 3


def test_the_lists_open(as_superuser):
    statement = taken_in(as_superuser, of_today())
    mapping = "/admin/members/columnmapping/"

    for place in (STATEMENTS, "/admin/members/statementline/", mapping):
        assert as_superuser.get(place).status_code == 200
    assert page(as_superuser, statement, "?show=booked").status_code == 200
    assert page(as_superuser, statement, "?show=set_aside").status_code == 200
