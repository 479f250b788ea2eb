"""Studies: who gets which part, who may read it, and what is kept of the decision."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from benefits.basis import Basis
from benefits.entitlement import entitlement
from benefits.models import Allowance
from letters.models import Letter
from members.models import MemberUnit
from services import studies
from services.models import StudyCopy
from services.models.studies import Part
from tests.benefits.factories import GrantFactory
from tests.factories import CommitteeFactory, SeatFactory, member
from tests.services.factories import (
    AT,
    BEGINNING,
    ON,
    paid_up,
    person,
    problems,
    staff,
    study,
)

pytestmark = pytest.mark.django_db


def publish(row):
    return studies.publish(study=row, by=staff(), at=AT)


def parts(unit: MemberUnit) -> list[str]:
    """The parts of the only study that the unit may open."""
    return [file.part for access in studies.readable(unit) for file in access.files]


REPORT, COMMON = Part.REPORT.value, Part.COMMON.value
MATRIX = [
    # tier, concerned, paid dues of, what it reads
    ("ordinary", True, (2025,), [REPORT]),
    ("council", True, (2025,), [REPORT]),
    ("vice_president", True, (2025,), [REPORT, COMMON]),
    ("vice_president", False, (2025,), [COMMON]),
    ("executive_council", False, (2025,), []),
    ("council", False, (2025,), []),
    ("ordinary", False, (2025,), []),
    ("ordinary", True, (), []),
    ("vice_president", True, (), []),
    ("vice_president", False, (), []),
    ("vice_president", False, (2026,), []),  # this year's dues count from July
]


@pytest.mark.parametrize(("tier", "is_concerned", "paid", "reads"), MATRIX)
def test_who_reads_what(tier, is_concerned, paid, reads):
    unit, other = member(tier=tier, paid=paid), paid_up()
    row = study(concerned=[other, unit] if is_concerned else [other])

    publish(row)

    assert parts(unit) == reads


def test_the_right_is_that_of_the_day_of_issue():
    unit = member(paid=(2025,))
    first_half = study(concerned=[unit], issued_on=dt.date(2026, 6, 30), title="六月")
    second_half = study(concerned=[unit, paid_up()], issued_on=dt.date(2026, 7, 1), title="七月")
    publish(first_half)
    publish(second_half)

    assert [access.study.title for access in studies.readable(unit)] == ["六月"]
    refused = studies.refused(studies.accesses(unit))
    assert [(each.study.title, each.answer.basis) for each in refused] == [
        ("七月", Basis.THIS_YEAR_UNPAID)
    ]


def test_before_it_is_published_nobody_reads_it():
    unit = paid_up()
    study(concerned=[unit])

    assert studies.accesses(unit) == []


def test_without_a_common_part_only_the_units_concerned_read():
    unit, vice_president = paid_up(), paid_up("vice_president")
    publish(study(concerned=[unit], common=False))

    assert parts(unit) == [REPORT]
    assert parts(vice_president) == []


def test_publishing_keeps_who_got_what_and_on_what_it_rested():
    concerned, lapsed, vice_president = paid_up(), member(), paid_up("vice_president")
    paid_up("council")
    row = study(concerned=[concerned, lapsed])

    published = publish(row)

    copies = row.copies.order_by("part", "unit")
    assert [(copy.unit, copy.part, copy.tier.code, copy.basis) for copy in copies] == [
        (vice_president, COMMON, "vice_president", Basis.CHARTER),
        (concerned, REPORT, "ordinary", Basis.CHARTER),
        (lapsed, REPORT, "ordinary", Basis.LAST_YEAR_UNPAID),
    ]
    assert published.published_at == AT
    assert published.published_by.is_staff


def test_the_letters_tell_each_unit_what_it_gets(settings):
    settings.SITE_URL = "https://members.example"
    concerned, lapsed, vice_president = paid_up(), member(), paid_up("vice_president")
    manager, sharer = person(concerned, role="manager"), person(vice_president)
    person(concerned)
    person(lapsed)

    publish(study(concerned=[concerned, lapsed], title="尾矿库整治"))

    told = {letter.to: letter for letter in Letter.objects.all()}
    assert sorted(told) == sorted([manager.email, sharer.email])
    assert "《尾矿库整治》涉及贵单位" in told[manager.email].text
    assert "其共性部分与贵单位共享" in told[sharer.email].text
    assert "https://members.example/matters/studies/" in told[sharer.email].text
    assert told[manager.email].subject == "有一份专题研究报告请贵单位查阅：尾矿库整治"


@pytest.mark.parametrize("code", ["published", "no_report", "nobody"])
def test_what_cannot_be_published(code):
    row = study(concerned=[member() if code == "nobody" else paid_up()])
    if code == "published":
        publish(row)
    if code == "no_report":
        row.files.filter(part=REPORT).delete()

    with pytest.raises(ValidationError) as raised:
        publish(row)

    assert raised.value.code == code


def test_a_common_part_may_be_all_that_is_handed_out():
    vice_president = paid_up("vice_president")

    publish(study())

    assert parts(vice_president) == [COMMON]


def units_of_many_kinds() -> list[MemberUnit]:
    """In good standing and not, by tier, by grant, through a committee, former members."""
    made = [
        paid_up("vice_president"),
        paid_up("council"),
        member(tier="vice_president"),
        member(tier="vice_president", joined_on=dt.date(2026, 1, 5), paid=(2026,)),
        paid_up("ordinary"),
        member(),
    ]
    left = paid_up("vice_president")
    left.applications.update(ended_on=dt.date(2026, 2, 1))
    granted = member(tier="vice_president")
    GrantFactory(unit=granted)
    granted_lower = member(tier="ordinary")
    GrantFactory(unit=granted_lower)
    seated = paid_up("ordinary")
    SeatFactory(unit=seated, committee=CommitteeFactory(code="fluorite"))
    return [*made, left, granted, granted_lower, seated]


def test_the_sharing_units_as_a_set_are_those_the_rule_lets_read():
    made, units = problems(), units_of_many_kinds()
    Allowance.objects.create(
        item=made.benefit_item,
        committee=CommitteeFactory(code="fluorite"),
        medium="right",
        extent="unlimited",
        clause="样",
        starts_on=BEGINNING,
    )

    as_set = set(studies.sharing(made.benefit_item, ON))

    by_rule = set()
    for unit in units:
        answer = entitlement(unit, made.benefit_item, ON)
        everyone = [row for row in answer.allowances if row.audience == "everyone"]
        if answer.entitled and everyone:
            by_rule.add(unit)
    assert as_set == by_rule
    assert len(by_rule) == 4


def test_accesses_take_the_same_queries_for_three_studies(django_assert_num_queries):
    unit = paid_up()
    made = problems()
    publish(study(made, concerned=[unit]))
    with django_assert_num_queries(4):
        studies.accesses(unit)
    for month in (4, 5):
        publish(study(made, concerned=[unit], issued_on=dt.date(2026, month, 1)))

    with django_assert_num_queries(4):
        assert len(studies.readable(unit)) == 3


def test_a_unit_concerned_is_named_once():
    row = study(concerned=[paid_up()])

    with pytest.raises(ValidationError):
        StudyCopy(study=row, unit=row.copies.get().unit).full_clean()
