"""The finance desk's pages: accounts, standards, notices, slips, arrears."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from letters.models import Letter
from members.models import DuesNotice, DuesPayment, DuesStandard, ReminderRule
from tests.factories import ContactFactory, StandardFactory, TierFactory, UserFactory, member
from tests.files.making import PDF
from tests.members.dues import account_in_use, notice_of, slip_of
from tests.members.factories import load_standards

pytestmark = pytest.mark.django_db

ADMIN = "/admin/members"


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def unit():
    year = today().year
    load_standards(range(2018, year + 2))
    return member(name="青山矿业有限公司")


def sure(client, url: str, data: dict):
    """Send a form, read the preview, and send it again as the preview's button does."""
    shown = client.post(url, data)
    assert shown.status_code == 200
    assert shown.context["form"].errors == {}
    return shown, client.post(url, data | {"sure": shown.context["seen"]})


def account(unit, act: str = "change") -> str:
    return f"{ADMIN}/duesaccount/{unit.pk}/{act}/?year={today().year}"


# --- The account -------------------------------------------------------------------------------


def test_a_payment_is_previewed_and_then_booked(as_role, unit):
    client = as_role("finance")
    data = {"amount": "5000", "paid_on": today().isoformat(), "reference": "流水7"}

    shown, done = sure(client, account(unit, "receive"), data)

    assert shown.context["preview"].changes[0].after == "this_year_paid"
    assert done.url == account(unit)
    payment = DuesPayment.objects.get()
    assert (payment.amount, payment.reference) == (Decimal(5_000), "流水7")
    assert "流水7" in client.get(account(unit)).content.decode()


def test_what_was_not_previewed_is_not_saved(as_role, unit):
    client = as_role("finance")
    data = {"amount": "5000", "paid_on": today().isoformat()}
    shown = client.post(account(unit, "receive"), data)

    again = client.post(
        account(unit, "receive"), data | {"amount": "50", "sure": shown.context["seen"]}
    )

    assert (again.status_code, DuesPayment.objects.count()) == (200, 0)


def test_a_refusal_stands_at_its_field(as_role, unit):
    data = {"amount": "5001", "applies_from": today().isoformat()}
    data |= {"reason": "受灾", "resolution": "第3号"}

    shown = as_role("finance").post(account(unit, "waive"), data)

    assert list(shown.context["form"].errors) == ["amount"]


def test_waived_dues_are_taken_back_from_the_account(as_role, unit):
    client = as_role("finance")
    data = {"amount": "5000", "applies_from": today().isoformat()}
    sure(client, account(unit, "waive"), data | {"reason": "受灾", "resolution": "第3号"})
    row = unit.adjustments.get()

    sure(client, f"{account(unit, 'correct')}&row={row.pk}", {"reason": "误录"})

    assert [each.amount for each in unit.adjustments.order_by("pk")] == [-5_000, 5_000]


@pytest.mark.parametrize("act", ["receive", "refund", "waive", "correct"])
def test_who_may_not_act_is_refused(as_role, unit, act):
    assert as_role("member_services").get(account(unit, act)).status_code == 403


def test_the_list_of_accounts_asks_as_often_for_three_as_for_one(as_superuser, unit):
    url = f"{ADMIN}/duesaccount/?year={today().year}"
    queries = count(as_superuser, url)
    for _ in range(2):
        member(paid=(today().year,))

    assert count(as_superuser, url) == queries


def count(client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("state", "names"),
    [("open", ["青山矿业有限公司"]), ("paid", ["白石矿业有限公司"]), ("waived", []), ("part", [])],
)
def test_accounts_are_found_by_state(as_superuser, unit, state, names):
    year = today().year
    member(name="白石矿业有限公司", paid=(year,))
    url = f"{ADMIN}/duesaccount/?year={year}&state={state}"

    found = as_superuser.get(url).context["cl"].result_list

    assert [each.name for each in found] == names


# --- Standards ---------------------------------------------------------------------------------


def test_next_year_s_standards_are_proposed_from_this_year_s(as_role):
    ordinary, council = TierFactory(), TierFactory(code="council")
    StandardFactory(tier=ordinary, year=2026)
    StandardFactory(tier=council, year=2025)
    client = as_role("finance")
    url = f"{ADMIN}/duesstandard/propose/?year=2027"
    form = client.get(url).context["form"]
    assert {name: form[name].initial for name in form.tiers} == {
        f"tier_{council.pk}": 20_000,
        f"tier_{ordinary.pk}": 5_000,
    }
    data = {"year": 2027, f"tier_{council.pk}": "22000", f"tier_{ordinary.pk}": "5000"}

    refused = client.post(url, data)
    sure(client, url, data | {"resolution": "2026年第2次理事会决议"})

    assert list(refused.context["form"].errors) == ["resolution"]
    rows = DuesStandard.objects.filter(year=2027).values_list("tier__code", "amount", "resolution")
    assert sorted(rows) == [
        ("council", 22_000, "2026年第2次理事会决议"),
        ("ordinary", 5_000, "2026年第2次理事会决议"),
    ]


def test_more_than_four_grades_are_warned_of_before_saving_and_on_the_list(as_role):
    tiers = [TierFactory(code=code) for code in ("council", "ordinary", "executive_council")]
    tiers += [
        TierFactory(code=f"more{n}", rank=10 + n, name=f"第{n}档", name_en="") for n in range(2)
    ]
    data = {"year": 2027, "resolution": "第2号"}
    data |= {f"tier_{tier.pk}": 1_000 * n for n, tier in enumerate(tiers, 1)}
    client = as_role("finance")
    words = "同一年度有5种金额：按规定会费档次不得超过4档。"

    shown, _done = sure(client, f"{ADMIN}/duesstandard/propose/?year=2027", data)

    assert shown.context["preview"].warning == words
    assert DuesStandard.objects.filter(year=2027).count() == 5
    assert words in client.get(f"{ADMIN}/duesstandard/").content.decode()


def test_a_standard_on_which_payments_rest_is_changed_in_sight_of_whom_it_concerns(as_role, unit):
    year = today().year
    member(name="白石矿业有限公司", paid=(year,))
    standard = DuesStandard.objects.get(tier__code="ordinary", year=year)
    url = f"{ADMIN}/duesstandard/{standard.pk}/change-amount/"
    data = {"amount": "6000", "resolution": "第4号", "why": "理事会调整"}

    shown, _done = sure(as_role("finance"), url, data)

    concerned = {unit.name for unit in shown.context["preview"].units.values()}
    assert concerned == {"白石矿业有限公司"}
    standard.refresh_from_db()
    assert standard.amount == 6_000
    assert standard.events.last().pgh_context["why"] == "理事会调整"


# --- Notices -----------------------------------------------------------------------------------


def test_the_notices_of_a_year_are_previewed_and_raised(as_role, unit):
    ContactFactory(unit=unit, roles=["finance"])
    year = today().year
    data = {"year": year, "due_on": (today() + dt.timedelta(days=60)).isoformat(), "why": "年度"}

    shown, done = sure(as_role("finance"), f"{ADMIN}/duesnotice/raise/", data)

    plan = shown.context["preview"].facts
    assert (plan.units, plan.amount) == (1, 5_000)
    assert done.status_code == 302
    assert (DuesNotice.objects.get().unit, Letter.objects.count()) == (unit, 1)


def test_member_services_do_not_raise_notices(as_role, unit):
    assert as_role("member_services").get(f"{ADMIN}/duesnotice/raise/").status_code == 403


def test_the_list_of_notices_asks_as_often_for_three_as_for_one(as_superuser, unit):
    at, by = timezone.now(), UserFactory()
    notice_of(unit, by=by, at=at, year=today().year)
    url = f"{ADMIN}/duesnotice/"
    queries = count(as_superuser, url)
    for _ in range(2):
        notice_of(member(), by=by, at=at, year=today().year)

    assert count(as_superuser, url) == queries


def test_reminder_rules_are_edited(as_role):
    ReminderRule.objects.all().delete()

    as_role("finance").post(
        f"{ADMIN}/reminderrule/add/", {"days": "30", "opening": "请尽快缴纳。", "is_active": "on"}
    )

    assert ReminderRule.objects.get().days == 30


def test_a_second_account_in_use_is_refused_in_words(as_role):
    account_in_use()
    data = {"holder": "协会", "bank": "某银行", "number": "12345678", "is_active": "on"}

    shown = as_role("finance").post(f"{ADMIN}/bankaccount/add/", data)

    assert shown.context["adminform"].form.errors == {
        "__all__": ["已有一个账户在使用，请先将其停用。"]
    }


# --- Slips -------------------------------------------------------------------------------------


def test_a_slip_is_booked_with_what_the_unit_said(as_role, unit):
    client, at = as_role("finance"), timezone.now()
    notice = notice_of(unit, by=UserFactory(), at=at, year=today().year)
    slip = slip_of(notice, by=UserFactory(), at=at, amount=4_000)

    form_page = client.get(f"{ADMIN}/transferslip/{slip.pk}/book/", follow=True)
    form = form_page.context["form"]
    data = {"amount": form["amount"].initial, "paid_on": form["paid_on"].initial.isoformat()}
    sure(client, form_page.redirect_chain[-1][0], data)

    slip.refresh_from_db()
    assert (slip.state, slip.payment.amount) == ("booked", 4_000)
    handed_out = client.get(f"{ADMIN}/transferslip/{slip.pk}/file/")
    assert (handed_out.status_code, handed_out.getvalue()) == (200, PDF)


def test_a_slip_is_returned_with_the_reason(as_role, unit):
    at = timezone.now()
    slip = slip_of(notice_of(unit, by=UserFactory(), at=at), by=UserFactory(), at=at)

    url = f"{ADMIN}/transferslip/{slip.pk}/return/"
    sure(as_role("finance"), url, {"because": "看不清"})

    slip.refresh_from_db()
    assert (slip.state, slip.returned_because) == ("returned", "看不清")


# --- Arrears -----------------------------------------------------------------------------------


def test_units_in_arrears_are_listed_decided_on_and_handed_round(as_role, unit):
    client = as_role("member_services")
    page = client.get(f"{ADMIN}/unitinarrears/?years=3").content.decode()
    assert "青山矿业有限公司" in page

    until = (today() + dt.timedelta(days=90)).isoformat()
    data = {"outcome": "wait", "decided_on": today().isoformat(), "wait_until": until}
    sure(client, f"{ADMIN}/unitinarrears/{unit.pk}/decide/", data | {"resolution": "第5号"})

    sheet = client.get(f"{ADMIN}/unitinarrears/sheet/?years=3")
    rows = list(load_workbook(io.BytesIO(b"".join(sheet.streaming_content))).active.values)
    assert (rows[1][0], "第5号" in rows[1][-1]) == ("青山矿业有限公司", True)


def test_the_list_of_arrears_asks_as_often_for_three_as_for_one(as_superuser, unit):
    url = f"{ADMIN}/unitinarrears/"
    queries = count(as_superuser, url)
    for _ in range(2):
        member()

    assert count(as_superuser, url) == queries
