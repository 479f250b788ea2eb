"""All 39 items of the charter, used through the portal, refused with the reason, and counted.

For each item a unit that may use it does so with the pages it has, and the statement counts the
use; a unit that may not meets the reason, and its statement stays as it was.
"""

import datetime as dt
import html
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards.models import Award, AwardCycle, CycleQuestion, MaterialRequirement
from benefits.entitlement import entitlement
from benefits.models import BenefitItem
from cases.questions import Kind, name_of
from events.models import Event, EventSeries
from members.models import SpecialCommittee
from publications.models import Article, Issue, Publication, Section
from publications.printing import confirm
from publications.release import release
from reports.statement import statement
from services.models import OfferingQuestion, ServiceOffering
from tests.factories import SeatFactory, UserFactory, member, redated
from tests.files.making import upload
from tests.portal.factories import person_of
from tests.publications.factories import signed_off

# By hand from the charter: how each of the 39 is used, and which tiers or committees have it.
PRINTED = ["listed-companies-report", "blue-book", "conference-proceedings", "mining-law-review",
           "china-mining-magazine"]  # fmt: skip
ELECTRONIC = ["half-year-supply-demand", "full-year-supply-demand", "weekly-bulletin"]
OF_A_COMMITTEE = ["fluorite-report", "nuclear-geology-bulletin", "ccs-newsletter",
                  "geophilosophy-newsletter"]  # fmt: skip
EVENTS = ["china-mining-conference", "explorers-annual-meeting", "green-mining-forum",
          "innovation-forum", "green-mines-tour", "salons-and-lectures"]  # fmt: skip
COURSES = ["training-courses"]
AWARDS = ["li-siguang-prize", "china-patent-award", "outstanding-engineer", "results-appraisal"]
SERVICES = ["new-member-showcase", "member-news", "business-needs", "project-showcase",
            "international-exchange", "high-level-exchange", "international-conferences",
            "online-lectures", "law-and-policy", "industry-issues", "specific-problems",
            "rights-protection", "training-on-demand", "consulting", "star-rating",
            "group-standards"]  # fmt: skip
COMMITTEES = ["fluorite", "nuclear_geology", "ccs", "geophilosophy"]
# A paid-up ordinary unit on no committee has no right to these; of the others, one that owes dues.
NOT_FOR_ORDINARY = {
    *("conference-proceedings", "mining-law-review", "member-news", "group-standards"),
    *OF_A_COMMITTEE,
}


@pytest.fixture
def charter(db):
    for command in ("load_charter", "load_catalogue"):
        call_command(command, verbosity=0)


class Visitor:
    """A unit with a person who uses the portal for it."""

    def __init__(self, *committees: str, **unit):
        today = timezone.localdate()
        self.unit = member(joined_on=dt.date(today.year - 5, 5, 1), address="样本路1号", **unit)
        redated(self.unit.payments.filter(year=today.year), dt.date(today.year, 1, 1))
        for code in committees:
            committee = SpecialCommittee.objects.get(code=code)
            SeatFactory(unit=self.unit, committee=committee, starts_on=dt.date(2020, 1, 1))
        self.client = Client()
        self.client.force_login(person_of(self.unit))

    def uses(self) -> dict[str, int]:
        """By the statement: how much of each item the unit has used this year."""
        today = timezone.localdate()
        lines = statement(self.unit, year=today.year, on=today).lines
        return {line.item.code: line.used for line in lines}

    def get(self, name: str, *args):
        return self.client.get(reverse(name, args=args))

    def post(self, name: str, *args, **data):
        return self.client.post(reverse(name, args=args), data)


@pytest.fixture
def staff(charter):
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.mark.long
def test_every_item_is_used_by_who_may_and_refused_to_who_may_not(charter, staff):
    this_year = timezone.localdate().year
    paid = (this_year - 1, this_year)
    may = Visitor(*COMMITTEES, tier="vice_president", paid=paid)
    ordinary, owes = Visitor(paid=paid), Visitor(*COMMITTEES, tier="vice_president")
    given, reasons_given = {}, {}
    for codes, use in USES.items():
        for code in codes:
            item = BenefitItem.objects.get(code=code)
            may_not = ordinary if code in NOT_FOR_ORDINARY else owes
            given[code], refusal = use(item, may, may_not, staff)
            reasons_given[code] = reason_of(may_not, item) in text_of(refusal)

    assert len(given) == 39
    assert [code for code, is_given in reasons_given.items() if not is_given] == []
    assert may.uses() == given
    assert owes.uses() == dict.fromkeys(given, 0)
    of_ordinary = ordinary.uses()
    assert {code: of_ordinary[code] for code in NOT_FOR_ORDINARY} == dict.fromkeys(
        NOT_FOR_ORDINARY, 0
    )


def reason_of(visitor: Visitor, item: BenefitItem) -> str:
    """The rule's last reason, and with it a way out, as the page must say them."""
    answer = entitlement(visitor.unit, item, timezone.localdate())
    assert not answer.entitled
    assert answer.would_change
    return answer.because[-1]


def text_of(response) -> str:
    return html.unescape(response.content.decode())


# --- Publications: read on the screen, or posted in copies ---------------------------------------


def reads(item, may, may_not, staff):
    """Who may opens the issue; who may not meets the reason in its place."""
    issue = released(item, staff)
    place = (issue.publication.code, issue.year, issue.number)
    assert may.get("issue", *place).status_code == 200
    refusal = may_not.get("issue", *place)
    assert refusal.status_code == 403
    return 1, refusal


def gets_copies(item, may, may_not, staff):
    """Staff post the issue; the unit finds its copies among the publications."""
    issue = released(item, staff)
    run = confirm(issue=issue, posted_on=issue.issued_on, at=timezone.now(), by=staff)
    copies = run.parcels.to_post().get(unit=may.unit).copies
    page = text_of(may.get("publications"))
    assert f"{copies} 册" in re.sub(r"<[^>]+>", "", page)
    assert not run.parcels.to_post().filter(unit=may_not.unit).exists()
    place = (issue.publication.code, issue.year, issue.number)
    return copies, may_not.get("issue", *place)


def released(item: BenefitItem, staff) -> Issue:
    today = timezone.localdate()
    publication = Publication.objects.get(benefit_item=item)
    # Not mailed here: how e-mails go out has tests of its own.
    Publication.objects.filter(pk=publication.pk).update(is_mailed=False)
    issue = Issue.objects.create(
        publication=Publication.objects.get(pk=publication.pk),
        issued_on=today,
        year=today.year,
        number=1,
    )
    section = Section.objects.create(issue=issue, position=1, title="正文")
    Article.objects.create(section=section, position=1, title="样稿", body="正文。")
    release(issue=signed_off(issue), at=timezone.now(), by=staff)
    return issue


# --- Events: a free seat, or a seat at the member price ------------------------------------------


def takes_a_seat(item, may, may_not, staff):
    today = timezone.localdate()
    event = Event.objects.create(
        series=EventSeries.objects.get(benefit_item=item),
        name="样会",
        starts_on=today,
        ends_on=today,
        place="样本市",
        is_announced=True,
        member_price=900 if item.code in COURSES else None,
        registration_opens_on=today,
        registration_closes_on=today,
        changes_until=today,
    )
    sent = may.post("event", event.pk, act="register", at_most="1000", **person("张三"))
    assert (sent.status_code, event.registrations.get().attendees.get().name) == (302, "张三")
    refusal = may_not.post("event", event.pk, act="register", at_most="0", **person("李四"))
    assert not event.registrations.filter(unit=may_not.unit).exists()
    return 1, refusal


def person(name: str) -> dict[str, str]:
    return {
        "person-TOTAL_FORMS": "1",
        "person-INITIAL_FORMS": "0",
        "person-0-name": name,
        "person-0-mobile": "13800001234",
    }


# --- Awards: an application with an answer and a file --------------------------------------------


def applies(item, may, may_not, staff):
    today, now = timezone.localdate(), timezone.now()
    cycle = AwardCycle.objects.create(
        award=Award.objects.get(benefit_item=item),
        name=f"{item.code}样届",
        year=today.year,
        opens_on=today,
        closes_at=now + dt.timedelta(days=1),
        is_announced=True,
    )
    question = CycleQuestion.objects.create(cycle=cycle, label="创新点", position=1)
    material = MaterialRequirement.objects.create(cycle=cycle, name="推荐书", position=1)
    may.post("award_cycle", cycle.pk)
    application = may.unit.award_applications.get(cycle=cycle)
    may.post(
        "award_application",
        application.pk,
        act="save",
        title="张三",
        **{name_of(question.pk): "新方法", f"material-{material.pk}": upload()},
    )
    may.post("award_application", application.pk, act="submit")
    refusal = may_not.post("award_cycle", cycle.pk)
    assert (refusal.status_code, cycle.applications.count()) == (403, 1)
    return 1, refusal


# --- Services: a request with its form filled in --------------------------------------------------


def asks(item, may, may_not, staff):
    offering = ServiceOffering.objects.get(benefit_item=item)
    filled = {name_of(each.pk): sample(each) for each in offering.questions.asked()}
    sent = may.post("offering", offering.code, **filled)
    assert (sent.status_code, offering.requests.count()) == (302, 1), text_of(sent)
    refusal = may_not.post("offering", offering.code, **filled)
    assert (refusal.status_code, offering.requests.count()) == (403, 1)
    return 1, refusal


def sample(question: OfferingQuestion) -> str:
    samples = {Kind.NUMBER: "3", Kind.DATE: timezone.localdate().isoformat(), Kind.YES_NO: "yes"}
    return (
        question.options()[0]
        if question.kind == Kind.CHOICE
        else samples.get(question.kind, "样例")
    )


USES = {
    tuple(PRINTED): gets_copies,
    (*ELECTRONIC, *OF_A_COMMITTEE): reads,
    (*EVENTS, *COURSES): takes_a_seat,
    tuple(AWARDS): applies,
    tuple(SERVICES): asks,
}
