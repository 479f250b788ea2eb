"""The staff's way from a resolution to new tiers: prepare, fill, look, apply, take back."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from members.models import AppointmentBatch
from tests.factories import TermFactory, TierFactory, UserFactory, member
from tests.members.factories import batch, load_standards
from tests.portal.pages import queries_of

pytestmark = pytest.mark.django_db

LIST = "/admin/members/appointmentbatch/"


@pytest.fixture
def as_role(client):
    def sign_in(role: str):
        call_command("load_roles", verbosity=0)
        person = UserFactory(is_staff=True)
        person.groups.set([role_named(role)])
        client.force_login(person)
        return client

    return sign_in


def role_named(role: str):
    from django.contrib.auth.models import Group

    return Group.objects.get(name=role)


@pytest.fixture
def clerk(as_role):
    return as_role("member_services")


def page_of(made: AppointmentBatch, step: str) -> str:
    return reverse(f"admin:members_appointmentbatch_{step}", args=[made.pk])


@pytest.fixture
def units():
    today = timezone.localdate()
    load_standards(range(today.year - 1, today.year + 2))
    return [member(name=f"{name}公司", paid=(today.year - 1, today.year)) for name in "甲乙丙"]


def draft(units, **fields) -> AppointmentBatch:
    return batch(tiers=dict.fromkeys(units, "council"), effective_on=timezone.localdate(), **fields)


def test_a_new_batch_is_filled_next(clerk, units):
    term, today = TermFactory(), timezone.localdate()

    response = clerk.post(
        f"{LIST}add/",
        {
            "name": "第六届换届",
            "term": term.pk,
            "effective_on": today.isoformat(),
            "resolution": "第六届会员大会决议",
            "policy": "unchanged",
        },
    )

    made = AppointmentBatch.objects.get()
    assert response.url == page_of(made, "fill")


def test_half_a_policy_is_refused_at_the_form(clerk):
    response = clerk.post(
        f"{LIST}add/",
        {
            "name": "第六届换届",
            "term": TermFactory().pk,
            "effective_on": "2026-05-20",
            "resolution": "决议",
            "policy": "difference",
        },
    )

    assert response.context["errors"] == [["补差额时须填写差额缴纳期限，其他情况不填。"]]


def test_units_of_a_tier_are_put_in(clerk, units):
    made = draft([])

    clerk.post(
        page_of(made, "fill"),
        {
            "way": "holders",
            "holders-held": TierFactory(code="ordinary").pk,
            "holders-tier": TierFactory(code="council").pk,
        },
    )

    assert made.tier_changes.count() == 3


def test_one_unit_is_put_in_with_tier_and_committee(clerk, units):
    made = batch(seats={(units[1], "fluorite"): "take"})
    committee = made.seat_changes.get().committee

    clerk.post(
        page_of(made, "fill"),
        {
            "way": "one",
            "one-unit": units[0].pk,
            "one-tier": TierFactory(code="council").pk,
            "one-committee": committee.pk,
            "one-step": "take",
        },
    )

    assert (made.tier_changes.get().unit, made.seat_changes.count()) == (units[0], 2)


def test_a_list_with_faults_keeps_its_text_and_saves_nothing(clerk, units):
    made, text = draft([]), "甲公司\t理事单位\n没有公司\t理事单位"
    TierFactory(code="council")

    page = clerk.post(page_of(made, "fill"), {"way": "list", "list-lines": text})

    form = page.context["forms"]["list"]
    assert form.errors["lines"] == ["第 2 行：没有名为“没有公司”的单位。"]
    assert (form["lines"].value(), made.tier_changes.count()) == (text, 0)


def test_a_batch_is_looked_at_and_applied_as_shown(clerk, units):
    made = draft(units)
    path = page_of(made, "preview")

    page = clerk.get(path)
    shown = page.context["comparison"].fingerprint
    response = clerk.post(path, {"shown": shown, "on": page.context["on"].isoformat()})

    made.refresh_from_db()
    assert (response.url, made.is_applied) == (page_of(made, "change"), True)
    assert units[0].appointments.count() == 2


def test_another_effect_is_shown_anew_instead_of_applied(clerk, units):
    made = draft(units)

    page = clerk.post(page_of(made, "preview"), {"shown": "of another day"})

    made.refresh_from_db()
    assert page.context["problems"] == ["打开本页之后情况有变化，请重新查看，再执行。"]
    assert not made.is_applied


def test_what_hinders_is_said_on_the_page(clerk, units):
    made = draft(units)
    units[0].applications.all().delete()

    page = clerk.get(page_of(made, "preview"))

    assert page.context["comparison"] is None
    assert len(page.context["problems"]) == 1


def test_pressing_twice_applies_once(clerk, units):
    made = draft(units)
    path = page_of(made, "preview")
    shown = clerk.get(path).context["comparison"].fingerprint

    first, second = (clerk.post(path, {"shown": shown}) for _press in range(2))

    assert (first.url, second.url) == (page_of(made, "change"),) * 2
    assert units[0].appointments.count() == 2


def test_an_applied_batch_is_read_and_taken_back_by_another(clerk, units):
    made = draft(units)
    path = page_of(made, "preview")
    clerk.post(path, {"shown": clerk.get(path).context["comparison"].fingerprint})

    page = clerk.get(page_of(made, "change"))
    change = clerk.post(page_of(made, "change"), {"name": "另一个"})
    response = clerk.post(page_of(made, "reverse"))

    reverse_batch = AppointmentBatch.objects.get(reverses=made)
    assert [each["title"] for each in page.context["actions_detail"]] == ["准备撤回"]
    assert (change.status_code, response.url) == (403, page_of(reverse_batch, "preview"))
    assert reverse_batch.tier_changes.count() == 3


@pytest.mark.parametrize("role", ["finance", "read_only", "editor"])
def test_others_look_at_a_batch_and_do_not_apply_it(as_role, role, units):
    made, person = draft(units), as_role(role)

    answers = [person.get(page_of(made, each)) for each in ("change", "fill", "preview", "reverse")]

    assert [each.status_code for each in answers] == [200, 403, 403, 403]


def test_lists_and_pages_take_no_more_queries_with_more_units(clerk, units):
    few, many = draft(units[:1]), draft(units)

    for step in ("change", "preview"):
        queries_of(clerk, page_of(few, step))  # content types are looked up once
        assert queries_of(clerk, page_of(few, step)) == queries_of(clerk, page_of(many, step))
    one = queries_of(clerk, LIST)
    draft(units)
    assert queries_of(clerk, LIST) == one
