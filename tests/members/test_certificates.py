import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from members import certificates
from members.certified import holding, holdings, outdated
from members.models import MemberCertificate
from tests.factories import AppointmentFactory, TermFactory, TierFactory, UserFactory, member
from tests.members.factories import day
from tests.members.papers import AT, ON, certified

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


def issue(*units, on=ON) -> list[MemberCertificate]:
    return certificates.issue(units=units, on=on, by=UserFactory(), at=AT, why="颁发会员证书")


def end(unit, last_day: str) -> None:
    unit.applications.update(ended_on=day(last_day))


def test_a_certificate_says_who_and_what_the_unit_is():
    unit = member(tier="council", name="青禾铜业有限公司")

    [made] = issue(unit)

    assert (made.number, made.unit_name) == ("会证字〔2026〕0001号", "青禾铜业有限公司")
    assert (made.tier.code, made.issued_on, made.valid_until) == ("council", ON, None)


def test_it_is_valid_as_long_as_the_tier_or_its_term():
    by_term, by_appointment = member(), member()
    term = TermFactory(name="第六届", starts_on=day("2024-01-01"), ends_on=day("2028-12-31"))
    by_term.appointments.update(term=term)
    by_appointment.appointments.update(term=term, ends_on=day("2027-06-30"))

    made = issue(by_term, by_appointment)

    assert [each.valid_until for each in made] == [day("2028-12-31"), day("2027-06-30")]


def test_numbers_follow_on_each_other_and_begin_anew_each_year():
    made = issue(member(), member()) + issue(member(), on=day("2027-01-01"))

    assert [each.number for each in made] == [
        "会证字〔2026〕0001号",
        "会证字〔2026〕0002号",
        "会证字〔2027〕0001号",
    ]
    assert certificates.number_of(2026, 12345) == "会证字〔2026〕12345号"


def test_keys_cannot_be_guessed_from_one_another():
    keys = {each.key for each in issue(member(), member(), member())}

    assert [len(key) for key in keys] == [22, 22, 22]


def test_who_is_left_out_and_why():
    holds, left, no_tier, strange, over = (member() for _ in range(5))
    issue(holds)
    end(left, "2026-04-01")
    no_tier.appointments.all().delete()
    strange.name = "𠮷野矿业"
    strange.save()
    over.appointments.update(
        term=TermFactory(name="第四届", starts_on=day("2019-01-01"), ends_on=day("2026-04-01"))
    )

    refusals = [each.refusal for each in holdings([holds, left, no_tier, strange, over], ON)]

    assert refusals == [
        "已持有会证字〔2026〕0001号，所载内容仍然有效",
        "现不是会员",
        "没有会员级别",
        "名称中有无法印出的字符：𠮷",
        "级别任期已满",
    ]
    assert issue(holds, left, no_tier, strange, over) == []


def test_a_unit_that_leaves_is_a_member_on_its_last_day():
    unit = member()
    end(unit, "2026-04-02")

    days = [day("2026-04-02"), day("2026-04-03")]

    assert [holding(unit, on).refusal for on in days] == ["", "现不是会员"]


def test_a_certificate_that_no_longer_holds_is_replaced():
    unit = member(tier="ordinary")
    [old] = issue(unit)
    unit.appointments.update(tier=TierFactory(code="council"))
    unit.name = "改名后的矿业公司"
    unit.save()

    [new] = issue(unit)

    old.refresh_from_db()
    assert (new.replaces, new.serial, new.unit_name) == (old, 2, "改名后的矿业公司")
    assert old.void_reason == "换发：级别现为理事单位；单位名称现为改名后的矿业公司"


def test_a_lost_certificate_is_reissued_though_it_holds():
    [old] = issue(member())

    new = certificates.reissue(certificate=old, on=ON, by=UserFactory(), at=AT, reason="原件遗失")

    old.refresh_from_db()
    assert (new.replaces, old.is_void, old.void_reason) == (old, True, "原件遗失")
    assert new.key != old.key


def test_of_a_unit_that_left_nothing_is_reissued_and_nothing_voided():
    unit = member()
    [old] = issue(unit)
    end(unit, "2026-04-01")

    with pytest.raises(ValidationError) as caught:
        certificates.reissue(certificate=old, on=ON, by=UserFactory(), at=AT, reason="原件遗失")

    old.refresh_from_db()
    assert (caught.value.messages, old.is_void) == ([f"{unit.name}：现不是会员。"], False)


def test_a_certificate_is_voided_once_and_with_a_reason():
    [made] = issue(member())
    with pytest.raises(ValidationError) as caught:
        certificates.void(certificate=made, by=UserFactory(), at=AT, reason=" ")
    assert caught.value.messages == ["请写明作废原因。"]

    certificates.void(certificate=made, by=UserFactory(), at=AT, reason="误发")

    with pytest.raises(ValidationError) as caught:
        certificates.void(certificate=made, by=UserFactory(), at=AT, reason="误发")
    assert caught.value.messages == ["这份证书已经作废了。"]


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.update(unit_name="别家公司"),
        lambda rows: rows.update(valid_until=ON),
        lambda rows: rows.update(key="abc"),
        lambda rows: rows.delete(),
    ],
)
def test_a_certificate_is_neither_edited_nor_deleted(act):
    made = certified(member())

    with pytest.raises(DatabaseError, match="certificate_"), transaction.atomic():
        act(MemberCertificate.objects.filter(pk=made.pk))


CHANGES = {
    "nothing": lambda unit: None,
    "renamed": lambda unit: type(unit).objects.filter(pk=unit.pk).update(name="新名称公司"),
    "promoted": lambda unit: unit.appointments.update(tier=TierFactory(code="council")),
    "left": lambda unit: end(unit, "2026-05-31"),
    "tier ended": lambda unit: end_tier(unit),
    "next tier": lambda unit: next_tier(unit),
}


def end_tier(unit) -> None:
    unit.appointments.filter(starts_on__lt=day("2026-05-31")).update(ends_on=day("2026-05-31"))


def next_tier(unit) -> None:
    end_tier(unit)
    AppointmentFactory(unit=unit, tier=TierFactory(code="council"), starts_on=day("2026-06-01"))


@settings(max_examples=30, deadline=None)
@given(
    changes=st.lists(st.sampled_from(sorted(CHANGES)), max_size=2, unique=True),
    term_ends=st.sampled_from([None, day("2026-06-01"), day("2026-05-31")]),
    on=st.sampled_from([ON, day("2026-05-31"), day("2026-06-01"), day("2026-06-02")]),
)
def test_the_list_of_outdated_ones_and_the_words_on_each_agree(changes, term_ends, on):
    with transaction.atomic():
        unit, other = member(), member()
        term = TermFactory(name="届", starts_on=day("2019-01-01"), ends_on=term_ends)
        unit.appointments.update(term=term)
        made = certified(unit)
        certified(other)
        for change in changes:
            CHANGES[change](unit)
        unit.refresh_from_db()

        listed = list(outdated(MemberCertificate.objects, on))

        assert listed == ([made] if holding(unit, on).no_longer else [])
        transaction.set_rollback(True)


def test_what_holds_is_asked_in_as_many_queries_for_one_unit_as_for_many(
    django_assert_num_queries,
):
    units = [member() for _ in range(3)]
    issue(*units)

    for some in (units[:1], units):
        with django_assert_num_queries(3):
            assert [each.refusal != "" for each in holdings(some, ON)] == [True] * len(some)


def test_the_date_of_issue_is_a_day_in_shanghai():
    """The door gives the day: late in the evening of 31 December it is still 2026."""
    late = dt.datetime(2026, 12, 31, 15, 30, tzinfo=dt.UTC)
    [made] = certificates.issue(
        units=[member()],
        on=late.astimezone(AT.tzinfo).date(),
        by=UserFactory(),
        at=late,
        why="颁发",
    )

    assert made.number == "会证字〔2026〕0001号"
