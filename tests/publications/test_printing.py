"""Who gets how many printed copies, where they go, and why some get none; confirmed once."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benefits.charter import load
from benefits.charter_file import CHARTER_FILE, parse
from benefits.entitlement import entitlement
from benefits.models import ExceptionalGrant
from members.models import Contact, MemberUnit
from publications import catalogue
from publications.copies import copies, is_printed, judged_parcels, to_be_posted
from publications.models import Issue, Parcel, PrintRun, Publication
from publications.parcels import Parcels
from publications.printing import of
from publications.release import release
from tests.benefits.test_entitlement_property import CHARTERS, DAYS, HISTORIES, World
from tests.factories import ContactFactory, UserFactory, member, never_paid
from tests.publications.factories import IssueFactory
from tests.publications.printed import (
    AT,
    POSTED_ON,
    addressed,
    confirmed,
    electronic,
    released,
    report,
    rows,
)
from tests.publications.test_release import at_once

TIERS = ("vice_president", "executive_council", "council", "ordinary")
# Written down by hand from the charter: printed copies for the four tiers.
PRINTED = {
    "listed-companies-report": (3, 2, 1, "electronic"),
    "blue-book": (3, 2, 1, "electronic"),
    "conference-proceedings": (2, 1, "not_promised", "not_promised"),
    "mining-law-review": (2, 1, "not_promised", "not_promised"),
    "china-mining-magazine": (1, 1, 1, 1),
}


# --- The rule ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_charter_tier_by_tier():
    load(parse(CHARTER_FILE), today=POSTED_ON)
    catalogue.load()
    for tier in TIERS:
        addressed(tier, tier)

    found = {}
    for publication in Publication.objects.filter(code__in=PRINTED):
        run = confirmed(released(publication))
        got = {tier: (n, why) for tier, n, why in rows(run, "tier__code", "copies", "reason")}
        found[publication.code] = tuple(got[tier][0] or got[tier][1] for tier in TIERS)

    assert found == PRINTED


@pytest.mark.django_db
def test_the_other_publications_are_not_printed():
    load(parse(CHARTER_FILE), today=POSTED_ON)
    catalogue.load()

    printed = {each.code for each in Publication.objects.all() if is_printed(each, POSTED_ON)}

    assert printed == set(PRINTED)


@pytest.mark.django_db
def test_where_the_charter_states_no_number_the_publication_does():
    publication = report(ordinary=None)
    Publication.objects.update(default_copies=4)
    addressed("甲", "ordinary")

    assert rows(confirmed(released(publication)), "copies") == [(4,)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("posted_on", "expected"),
    [
        (dt.date(2026, 6, 30), [("甲", "to_post", ""), ("乙", "not_entitled", "last_year_unpaid")]),
        (dt.date(2026, 7, 1), [("甲", "not_entitled", "this_year_unpaid"), ("乙", "to_post", "")]),
    ],
)
def test_the_day_of_posting_decides(posted_on, expected):
    """Until 30 June the dues of last year count, from 1 July those of this year."""
    addressed("甲", paid=(2025,))
    addressed("乙", paid=(2026,))

    run = confirmed(released(report()), posted_on=posted_on)

    assert sorted(rows(run, "unit__name", "state", "reason")) == sorted(expected)
    assert run.posted_on == posted_on


@pytest.mark.django_db
def test_an_exceptional_grant_of_copies_is_posted_and_named_as_the_basis():
    publication = report()
    unit = addressed("甲", "ordinary", paid=())
    ExceptionalGrant.objects.create(
        unit=unit,
        item=publication.benefit_item,
        gives="quantity",
        quantity=5,
        medium="paper",
        reason="合编单位",
        approved_by=UserFactory(),
        starts_on=POSTED_ON,
        ends_on=POSTED_ON,
    )

    assert rows(confirmed(released(publication)), "copies", "basis") == [(5, "exceptional_grant")]


@pytest.mark.django_db
def test_who_is_no_member_on_the_day_is_not_on_the_list():
    addressed("在会")
    gone = addressed("退会")
    gone.applications.update(ended_on=POSTED_ON - dt.timedelta(days=1))

    assert rows(confirmed(released(report())), "unit__name") == [("在会",)]


# --- Where it goes -----------------------------------------------------------------------------


def post_to(unit: MemberUnit) -> tuple:
    run = confirmed(released(report()))
    fields = ("recipient", "phone", "address", "postcode", "state", "reason")
    return run.parcels.filter(unit=unit).values_list(*fields).get()


@pytest.mark.django_db
def test_to_the_contact_for_parcels_at_the_units_address():
    unit = addressed("甲")
    ContactFactory(unit=unit, name="联络员", roles=[Contact.Role.LIAISON], address="别处")

    assert post_to(unit) == ("甲收件人", "13800000000", "甲路1号", "100011", "to_post", "")


@pytest.mark.django_db
def test_to_the_contacts_own_address_without_the_units_postcode():
    unit = addressed("甲")
    own = {"name": "库房", "roles": [Contact.Role.PARCELS], "address": " 北门库房 "}
    ContactFactory(unit=unit, **own)

    assert post_to(unit) == ("库房", "010-66557788", "北门库房", "", "to_post", "")


@pytest.mark.django_db
def test_without_a_contact_for_parcels_to_the_liaison():
    unit = addressed("甲")
    unit.contacts.update(is_active=False)
    ContactFactory(unit=unit, name="联络员", roles=[Contact.Role.LIAISON])

    assert post_to(unit) == ("联络员", "010-66557788", "甲路1号", "100011", "to_post", "")


@pytest.mark.django_db
def test_the_deputy_for_parcels_comes_before_the_liaison():
    unit = addressed("甲")
    unit.contacts.update(is_active=False)
    ContactFactory(unit=unit, name="联络员", roles=[Contact.Role.LIAISON])
    ContactFactory(unit=unit, name="后备", roles=[], deputy_roles=[Contact.Role.PARCELS])

    assert post_to(unit) == ("后备", "010-66557788", "甲路1号", "100011", "to_post", "")


@pytest.mark.django_db
def test_without_anybody_to_the_unit_itself():
    unit = addressed("甲")
    unit.contacts.update(roles=[Contact.Role.FINANCE])

    assert post_to(unit) == ("甲", "010-66557788", "甲路1号", "100011", "to_post", "")


@pytest.mark.django_db
def test_without_an_address_the_unit_is_left_out_with_the_reason():
    addressed("乙")
    unit = addressed("甲", address=" ", postcode="")

    run = confirmed(released(report()))

    assert rows(run, "unit__name", "state", "reason", "copies") == [
        ("乙", "to_post", "", 1),
        ("甲", "left_out", "no_address", 1),
    ]
    assert run.parcels.tally() == {
        "promised": 2,
        "to_post": 1,
        "left_out": 1,
        "not_entitled": 0,
        "copies": 1,
    }
    assert unit.parcels.get().tier.code == "council"


@pytest.mark.django_db
def test_who_gets_none_leaves_no_address_on_the_list():
    publication = report()
    electronic(publication)
    addressed("甲")
    addressed("电子", "ordinary")
    addressed("未缴", paid=())

    run = confirmed(released(publication))

    fields = ("unit__name", "reason", "copies", "recipient", "address", "phone", "postcode")
    assert list(
        run.parcels.filter(state="not_entitled").order_by("reason").values_list(*fields)
    ) == [
        ("电子", "electronic", 0, "", "", "", ""),
        ("未缴", "last_year_unpaid", 0, "", "", "", ""),
    ]


# --- The set and the single rule ---------------------------------------------------------------

ADDRESSES = st.tuples(
    st.sampled_from(["", " ", "单位路1号"]),
    st.none()
    | st.tuples(st.sampled_from(["parcels", "liaison", "finance"]), st.sampled_from(["", "库房"])),
)


def expected(unit: MemberUnit, issue: Issue, on: dt.date) -> tuple | None:
    """The rule for one unit, in plain Python."""
    answer = entitlement(unit, issue.publication.benefit_item, on)
    if answer.basis == "not_a_member":
        return None
    number = copies(answer, issue.publication)
    decided = (number, answer.tier and answer.tier.pk, str(answer.basis))
    if not number:
        reason = "electronic" if answer.entitled else str(answer.basis)
        return (*decided, "not_entitled", reason, "", "")
    person = unit.contacts.filter(roles__overlap=["parcels", "liaison"]).first()
    address = (person and person.address) or unit.address.strip()
    name = person.name if person else unit.name
    state, reason = ("to_post", "") if address else ("left_out", "no_address")
    return (*decided, state, reason, name, address)


def selected(issue: Issue, on: dt.date) -> dict:
    sql, parameters = judged_parcels(issue, on)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {
            unit: (number, tier, basis, state, reason, name, address)
            for unit, number, tier, basis, state, reason, name, address, *_rest in cursor.fetchall()
        }


@pytest.mark.django_db
def test_the_list_is_what_the_rule_says_of_each_unit():
    world = World()
    publication = Publication.objects.create(
        code="made", name="《自拟》", benefit_item=world.items[0], default_copies=2
    )
    issue = IssueFactory(publication=publication)
    states = set()

    @settings(
        max_examples=30,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        charter=CHARTERS,
        units=st.lists(st.tuples(HISTORIES, ADDRESSES), min_size=1, max_size=3),
        on=DAYS,
    )
    def agree(charter, units, on):
        with transaction.atomic():
            # Mostly paper; every third promise keeps the medium that was drawn.
            paper = {
                key: promise if number % 3 == 2 else ("paper", *promise[1:])
                for number, (key, promise) in enumerate(charter.items())
            }
            world.make_charter(paper)
            made = [settled(world.make_unit(history), *address) for history, address in units]
            ExceptionalGrant.objects.filter(medium="seat").update(medium="paper")
            found = selected(issue, on)
            answers = {unit.pk: expected(unit, issue, on) for unit in made}
            assert found == {pk: answer for pk, answer in answers.items() if answer}
            states.update(answer[3] if answer else "absent" for answer in answers.values())
            transaction.set_rollback(True)

    agree()
    assert states == {"to_post", "left_out", "not_entitled", "absent"}


def settled(unit: MemberUnit, address: str, person: tuple[str, str] | None) -> MemberUnit:
    unit.address = address
    unit.save(update_fields=["address"])
    if person:
        role, own = person
        ContactFactory(unit=unit, roles=[role], address=own)
    return unit


# --- Confirming --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_confirmation_records_who_when_and_how_many_spare():
    addressed("甲")
    person = UserFactory()

    run = confirmed(released(report()), by=person, spare=20, note="随第5期寄出")

    assert (run.confirmed_by, run.confirmed_at) == (person, AT)
    assert (run.posted_on, run.spare, run.note) == (POSTED_ON, 20, "随第5期寄出")


@pytest.mark.django_db
def test_the_same_confirmation_again_changes_nothing():
    addressed("甲")
    issue = released(report())
    first = confirmed(issue)
    before = rows(first, "pk", "copies")
    addressed("乙")

    second = confirmed(issue, at=AT + dt.timedelta(hours=1))

    assert (second, second.confirmed_at) == (first, AT)
    assert rows(second, "pk", "copies") == before


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"posted_on": POSTED_ON + dt.timedelta(days=1)}, {"spare": 7}])
def test_another_confirmation_is_refused(changed):
    addressed("甲")
    issue = released(report())
    run = confirmed(issue)

    with pytest.raises(ValidationError) as refused:
        confirmed(issue, **changed)

    assert refused.value.messages == ["名单此前已确认：2026年5月6日寄送，备用0册。没有任何改动。"]
    assert (of(issue).posted_on, of(issue).spare) == (run.posted_on, run.spare)


@pytest.mark.django_db
def test_what_is_frozen_does_not_follow_the_register():
    unit = addressed("甲")
    run = confirmed(released(report()))
    MemberUnit.objects.filter(pk=unit.pk).update(address="新址")
    unit.contacts.all().delete()
    never_paid(unit.payments)

    assert rows(run, "recipient", "address", "copies") == [("甲收件人", "甲路1号", 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "scheduled", "held"])
def test_an_issue_is_posted_after_its_release(state):
    addressed("甲")
    release_at = None if state == "draft" else AT
    issue = IssueFactory(publication=report(), state=state, release_at=release_at)

    with pytest.raises(ValidationError) as refused:
        confirmed(issue)

    assert refused.value.code == "not_released"
    assert PrintRun.objects.count() == 0


@pytest.mark.django_db
def test_a_publication_that_nobody_gets_on_paper_is_not_posted():
    publication = report(council=0)
    electronic(publication, "ordinary")
    addressed("甲", "ordinary")

    with pytest.raises(ValidationError) as refused:
        confirmed(released(publication))

    assert refused.value.messages == [
        "2026年5月6日没有任何单位享有《年度报告》的纸质版，不需要寄送。"
    ]


@pytest.mark.django_db
def test_a_run_that_reaches_nobody_is_refused_and_leaves_nothing():
    addressed("甲", address="")

    with pytest.raises(ValidationError) as refused:
        confirmed(released(report()))

    assert refused.value.code == "nothing_to_post"
    assert (PrintRun.objects.count(), Parcel.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_whole_list_is_written_by_one_statement(count):
    for number in range(count):
        addressed(f"第{number}家")
    issue = released(report())

    with CaptureQueriesContext(connection) as captured:
        confirmed(issue)

    written = [query for query in captured if "INSERT INTO publications_parcel" in query["sql"]]
    assert (len(written), Parcel.objects.count()) == (1, count)


@pytest.mark.django_db(transaction=True)
def test_confirmed_by_several_people_at_once_it_is_one_run():
    for number in range(3):
        addressed(f"第{number}家")
    issue, people = released(report()), UserFactory.create_batch(4)

    found = at_once(*(lambda person=person: confirmed(issue, by=person).pk for person in people))

    assert found == [PrintRun.objects.get().pk] * 4
    assert Parcel.objects.count() == 3


# --- What the database holds -------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        {"address": ""},
        {"recipient": ""},
        {"state": "left_out"},
        {"copies": 0},
        {"state": "not_entitled", "reason": "electronic"},
    ],
)
def test_the_database_refuses_a_parcel_that_contradicts_itself(broken):
    addressed("甲")
    run = confirmed(released(report()))

    with pytest.raises(IntegrityError), transaction.atomic():
        run.parcels.update(**broken)


# --- Looking at it -----------------------------------------------------------------------------


@pytest.fixture
def mixed(db) -> Issue:
    """Two tiers get copies, one unit has no address, one has not paid, one reads online."""
    publication = report()
    electronic(publication)
    addressed("副会长", "vice_president")
    addressed("理事甲")
    addressed("理事乙")
    addressed("无址", address="")
    addressed("未缴", paid=())
    addressed("电子", "ordinary")
    return released(publication)


def told(parcels: Parcels) -> tuple:
    return (
        [(group.tier, group.copies_each, group.units, group.copies) for group in parcels.posted],
        (parcels.promised, parcels.to_post, parcels.left_out, parcels.not_entitled),
        parcels.copies,
        [(row.unit, row.copies, row.why) for row in parcels.those_left_out(50)],
        [(group.tier, group.why, group.units) for group in parcels.refused],
    )


def test_the_preview_and_the_frozen_list_tell_the_same(mixed):
    before = told(Parcels(mixed, POSTED_ON))
    confirmed(mixed)
    # Another date in the address changes nothing any more.
    after = told(Parcels(mixed, dt.date(2030, 1, 1)))

    assert before == after
    assert after == (
        [("副会长单位", 3, 1, 3), ("理事单位", 1, 2, 2)],
        (4, 3, 1, 2),
        5,
        [("无址", 1, "没有登记邮寄地址")],
        [("理事单位", "上年度会费未缴清", 1), ("会员单位", "享有的是电子版", 1)],
    )


def test_the_preview_judges_another_day_anew(mixed):
    parcels = Parcels(mixed, dt.date(2026, 7, 1))

    assert (parcels.promised, parcels.copies, parcels.not_entitled) == (0, 0, 6)


def test_looking_writes_nothing_and_asks_little(mixed, django_assert_num_queries):
    with django_assert_num_queries(3):
        told(Parcels(mixed, POSTED_ON))

    assert PrintRun.objects.count() == 0


# --- Release and what waits --------------------------------------------------------------------


@pytest.mark.django_db
def test_a_printed_issue_goes_out_with_nothing_to_read_online():
    issue = IssueFactory(publication=report(), issued_on=POSTED_ON)

    release(issue=issue, at=AT)

    assert issue.is_frozen


@pytest.mark.django_db
def test_an_issue_that_is_not_printed_still_needs_contents():
    publication = report(council=0)
    electronic(publication)

    with pytest.raises(ValidationError) as refused:
        release(issue=IssueFactory(publication=publication, issued_on=POSTED_ON), at=AT)

    assert refused.value.code == "not_ready"


@pytest.mark.django_db
def test_released_printed_issues_wait_for_a_year_to_be_posted():
    publication = report()
    addressed("甲")
    waiting = released(publication, dt.date(2026, 4, 20))
    released(publication, dt.date(2025, 5, 6))
    IssueFactory(publication=publication, issued_on=dt.date(2026, 4, 21))
    confirmed(released(publication, dt.date(2026, 4, 22)))

    assert list(to_be_posted(POSTED_ON)) == [waiting]


@pytest.mark.django_db
def test_back_issues_do_not_wait_to_be_posted():
    back = released(report(), dt.date(2026, 4, 20))
    Issue.objects.filter(pk=back.pk).update(is_back_issue=True)

    assert list(to_be_posted(POSTED_ON)) == []


@pytest.mark.django_db
def test_issues_without_printed_copies_do_not_wait():
    publication = report(council=0)
    electronic(publication)
    released(publication)
    member()

    assert list(to_be_posted(POSTED_ON)) == []
