"""The charter and its exceptions in the staff's hands."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from benefits.models import Allowance, BenefitItem, ExceptionalGrant, Medium
from tests.benefits.factories import AllowanceFactory, GrantFactory, GroupFactory, ItemFactory
from tests.factories import CommitteeFactory, TierFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def staff(client):
    user = UserFactory(is_staff=True, is_superuser=True, name="李干事")
    client.force_login(user)
    return user


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def url(model: str, page: str = "changelist", *args) -> str:
    return reverse(f"admin:benefits_{model}_{page}", args=args)


# --- Lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["benefitgroup", "benefititem", "allowance", "exceptionalgrant"])
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(
    client, staff, model, django_assert_num_queries, django_assert_max_num_queries
):
    def add_one(number: int) -> None:
        group = GroupFactory(code=f"group-{number}", name=f"类别{number}", position=number)
        item = ItemFactory(group=group)
        AllowanceFactory(item=item, tier=TierFactory(code="ordinary"))
        AllowanceFactory(item=item, tier=None, committee=CommitteeFactory(code="ccs"))
        GrantFactory(item=item, ends_on=dt.date(2100, 1, 1))

    add_one(1)
    client.get(url(model))  # fills the caches of content types
    with django_assert_max_num_queries(30) as one:
        assert client.get(url(model)).status_code == 200
    add_one(2)
    add_one(3)
    with django_assert_num_queries(len(one)):
        assert client.get(url(model)).status_code == 200


def test_the_list_of_items_says_what_each_tier_gets_today(client, staff, charter):
    page = client.get(url("benefititem"))

    changelist = page.context["cl"]
    columns = [str(getattr(each, "short_description", each)) for each in changelist.list_display]
    assert columns[-5:] == ["副会长单位", "常务理事单位", "理事单位", "会员单位", "专委会"]
    first = changelist.result_list[0]
    assert [column(first) for column in changelist.list_display[-5:]] == [
        "纸质 3 册",
        "纸质 2 册",
        "纸质 1 册",
        "电子版，不限份数",
        "—",
    ]


@pytest.mark.parametrize(("chosen", "name"), [("today", "甲"), ("past", "乙"), ("coming", "丙")])
def test_allowances_in_force_ended_and_to_come(client, staff, today, chosen, name):
    for each, first, last in [
        ("甲", today, today),
        ("乙", today - 2 * DAY, today - DAY),
        ("丙", today + DAY, None),
    ]:
        AllowanceFactory(item=ItemFactory(name=each), starts_on=first, ends_on=last)

    page = client.get(url("allowance"), {"in_force": chosen})

    assert [row.item.name for row in page.context["cl"].result_list] == [name]


def test_allowances_of_one_tier_or_committee(client, staff):
    of_tier = AllowanceFactory(tier=TierFactory(code="council"))
    of_committee = AllowanceFactory(tier=None, committee=CommitteeFactory(code="ccs"))
    AllowanceFactory(tier=TierFactory(code="ordinary"))

    def found(**chosen):
        return list(client.get(url("allowance"), chosen).context["cl"].result_list)

    assert found(tier=of_tier.tier_id) == [of_tier]
    assert found(committee=of_committee.committee_id) == [of_committee]
    assert found(item__id__exact=of_tier.item_id) == [of_tier]
    assert len(found(tier="x")) == 3


# --- Allowances ----------------------------------------------------------------------------------


def new_allowance(item: BenefitItem, **changed) -> dict:
    return {
        "item": item.pk,
        "tier": TierFactory(code="ordinary").pk,
        "committee": "",
        "medium": "paper",
        "extent": "quantity",
        "quantity": "2",
        "part": "1",
        "audience": "everyone",
        "clause": "修订 第1项",
        "note": "",
        "starts_on": timezone.localdate().isoformat(),
        "ends_on": "",
    } | changed


def errors(page) -> dict:
    return {name: list(found) for name, found in page.context["adminform"].form.errors.items()}


def test_a_new_allowance_carries_who_made_it(client, staff):
    page = client.post(url("allowance", "add"), new_allowance(ItemFactory()))

    assert page.status_code == 302
    assert Allowance.objects.get().edited_by == staff


def test_a_new_allowance_cannot_begin_in_the_past(client, staff, today):
    first = (today - DAY).isoformat()

    page = client.post(url("allowance", "add"), new_allowance(ItemFactory(), starts_on=first))

    assert errors(page) == {
        "starts_on": ["这一天已经过去。请选择今天或以后的日期：以前的权益不再改动。"]
    }
    assert Allowance.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"quantity": ""}, "限度为「数量」时要填数字，其他情况不填。"),
        ({"tier": ""}, "会员级别和专委会请选其一。"),
        ({"ends_on": "2020-01-01"}, "最后一天早于第一天。"),
    ],
)
def test_constraints_speak_on_the_form(client, staff, changed, found):
    page = client.post(url("allowance", "add"), new_allowance(ItemFactory(), **changed))

    assert found in {text for texts in errors(page).values() for text in texts}
    assert Allowance.objects.count() == 0


def test_an_overlapping_allowance_is_refused_in_words(client, staff):
    row = AllowanceFactory()

    page = client.post(url("allowance", "add"), new_allowance(row.item))

    assert errors(page) == {"__all__": ["该级别在这段时间已有此项的权益标准。"]}


def test_of_a_row_that_has_begun_only_the_last_day_can_change(client, staff, today):
    row = AllowanceFactory(quantity=1)
    change = url("allowance", "change", row.pk)

    last = (today + 9 * DAY).isoformat()
    page = client.post(change, new_allowance(row.item, quantity="9", ends_on=last))

    assert page.status_code == 302
    row.refresh_from_db()
    assert (row.quantity, row.ends_on, row.edited_by) == (1, today + 9 * DAY, staff)


def test_a_row_cannot_be_ended_for_days_gone_by(client, staff, today):
    row = AllowanceFactory()
    yesterday = today - DAY

    page = client.post(
        url("allowance", "change", row.pk), {"ends_on": (yesterday - DAY).isoformat()}
    )

    assert errors(page) == {"ends_on": [f"请选择 {yesterday} 或以后的日期：以前的权益不再改动。"]}


def test_only_a_row_to_come_can_be_deleted(client, staff, today):
    begun, coming = AllowanceFactory(), AllowanceFactory(starts_on=today + DAY)

    assert client.post(url("allowance", "delete", begun.pk), {"post": "yes"}).status_code == 403
    assert client.post(url("allowance", "delete", coming.pk), {"post": "yes"}).status_code == 302
    assert list(Allowance.objects.all()) == [begun]


# --- Items ---------------------------------------------------------------------------------------


def item_form(item: BenefitItem, rows: list[dict], kept: int) -> dict:
    data = {
        "group": item.group_id,
        "position": item.position,
        "name": item.name,
        "name_en": item.name_en,
        "period": item.period,
        "counted_per": item.counted_per,
        "clause": item.clause,
        "retired_on": "",
        "allowances-TOTAL_FORMS": len(rows),
        "allowances-INITIAL_FORMS": kept,
    }
    for number, row in enumerate(rows):
        data |= {f"allowances-{number}-{name}": value for name, value in row.items()}
    return data


def inline_row(row: Allowance, **changed) -> dict:
    return {
        "id": row.pk or "",
        "tier": row.tier_id or "",
        "committee": row.committee_id or "",
        "part": row.part,
        "audience": row.audience,
        "medium": row.medium,
        "extent": row.extent,
        "quantity": row.quantity,
        "clause": row.clause,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": "",
    } | changed


def test_a_row_is_ended_and_the_next_begun_in_one_go(client, staff, today):
    row = AllowanceFactory(quantity=1)
    ended = inline_row(row, ends_on=today.isoformat())
    begun = inline_row(row, id="", quantity=5, starts_on=(today + DAY).isoformat())

    page = client.post(
        url("benefititem", "change", row.item_id), item_form(row.item, [ended, begun], kept=1)
    )

    assert page.status_code == 302
    found = Allowance.objects.order_by("starts_on").values_list("quantity", "ends_on", "edited_by")
    assert list(found) == [(1, today, staff.pk), (5, None, staff.pk)]
    row.item.refresh_from_db()
    assert row.item.edited_by is None


def test_a_begun_row_cannot_be_rewritten_on_the_items_page(client, staff):
    row = AllowanceFactory(quantity=1)

    page = client.post(
        url("benefititem", "change", row.item_id),
        item_form(row.item, [inline_row(row, quantity=9)], kept=1),
    )

    (formset,) = page.context["inline_admin_formsets"]
    assert list(formset.formset.forms[0].errors) == ["quantity"]
    row.refresh_from_db()
    assert row.quantity == 1


def test_a_described_item_carries_who_described_it(client, staff):
    item = ItemFactory()

    client.post(url("benefititem", "change", item.pk), item_form(item, [], 0) | {"name": "新名"})

    item.refresh_from_db()
    assert (item.name, item.edited_by) == ("新名", staff)


def test_an_item_is_retired_not_deleted(client, staff):
    item = ItemFactory()

    assert client.post(url("benefititem", "delete", item.pk), {"post": "yes"}).status_code == 403


# --- Exceptional grants --------------------------------------------------------------------------


def new_grant(**changed) -> dict:
    return {
        "unit": UnitFactory().pk,
        "item": "",
        "gives": "charter",
        "quantity": "",
        "medium": "",
        "reason": "灾后缓缴",
        "starts_on": "2026-01-01",
        "ends_on": "2026-06-30",
    } | changed


def test_a_grant_is_approved_by_the_signed_in_user(client, staff):
    other = UserFactory()

    page = client.post(url("exceptionalgrant", "add"), new_grant(approved_by=other.pk))

    assert page.status_code == 302
    grant = ExceptionalGrant.objects.get()
    assert (grant.approved_by, grant.gives) == (staff, "charter")


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"reason": ""}, "reason", "这个字段是必填项。"),
        ({"ends_on": ""}, "ends_on", "这个字段是必填项。"),
        ({"ends_on": "2025-12-31"}, "ends_on", "最后一天早于第一天。"),
        ({"gives": "unlimited", "medium": "paper"}, "__all__", "请选择这个数量针对的权益项。"),
        ({"quantity": "0"}, "__all__", "特批的数量要大于零。"),
    ],
)
def test_a_grant_needs_reason_expiry_and_a_sensible_number(client, staff, changed, field, message):
    page = client.post(url("exceptionalgrant", "add"), new_grant(**changed))

    assert message in errors(page)[field]
    assert ExceptionalGrant.objects.count() == 0


def test_overlapping_grants_are_refused_in_words(client, staff):
    first = GrantFactory()

    page = client.post(url("exceptionalgrant", "add"), new_grant(unit=first.unit_id))

    assert errors(page) == {"__all__": ["该单位在这段时间已有所有项的特批。"]}


def test_an_approved_grant_can_only_be_ended_early(client, staff, today):
    grant = GrantFactory(starts_on=today - 9 * DAY, ends_on=today + 9 * DAY)
    change = url("exceptionalgrant", "change", grant.pk)

    later = client.post(change, {"ends_on": (today + 10 * DAY).isoformat()})
    assert errors(later) == {"ends_on": ["需要延长时，请新增一条特批。"]}

    assert client.post(change, {"ends_on": today.isoformat(), "reason": "改写"}).status_code == 302
    grant.refresh_from_db()
    assert (grant.ends_on, grant.reason) == (today, "协办单位，会费缓缴")
    assert grant.approved_by != staff


def test_a_grant_with_a_number(client, staff):
    item = ItemFactory()

    client.post(
        url("exceptionalgrant", "add"),
        new_grant(item=item.pk, gives="quantity", quantity="3", medium=Medium.SEAT),
    )

    assert ExceptionalGrant.objects.get().quantity == 3


def test_units_and_items_are_found_while_typing(client, staff):
    UnitFactory(name="青石矿业有限公司")
    ItemFactory(name="青石年鉴")

    for model, app in [("memberunit", "members"), ("benefititem", "benefits")]:
        field = {"memberunit": "unit", "benefititem": "item"}[model]
        found = client.get(
            reverse("admin:autocomplete"),
            {
                "term": "青石",
                "app_label": "benefits",
                "model_name": "exceptionalgrant",
                "field_name": field,
            },
        ).json()
        assert len(found["results"]) == 1, app
