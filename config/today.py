"""The staff's first page: what waits today, a line each, with the list it leads to."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards.cycles import due_awards
from awards.models import AwardApplication
from benefits.models import ExceptionalGrant
from config.sidebar import list_of, may_see
from events.models import EventSeries
from members.arrears import in_arrears
from members.certified import outdated
from members.models import (
    ArrearsDecision,
    Contact,
    DuesPayment,
    DuesReceipt,
    LiaisonHandover,
    MemberCertificate,
    MembershipApplication,
    MemberUnit,
    StatementLine,
    TransferSlip,
)
from publications import placing, schedule
from publications.copies import to_be_posted
from publications.models import Delivery, Distribution, Issue
from reports import cliff
from services.models import ServiceRequest

SOON = dt.timedelta(days=30)

# (title, what to do, model, the list's filter)
LINES = [
    (
        _("Issues waiting for a person"),
        _("Their set time was missed. Open each and release it or set a new time."),
        "publications.issue",
        "?state__exact=held",
    ),
    (
        _("Issues under review"),
        _("The first, second or final review waits for its signature, or the release for its day."),
        "publications.issue",
        "?state__exact=in_review",
    ),
    (
        _("Issues in preparation"),
        _("Drafts, and issues that go out at a set time."),
        "publications.issue",
        "?state__in=draft,scheduled",
    ),
    (
        _("Publications with an issue due or late"),
        _("Start the issue, or say on the calendar why none appears."),
        "publications.publication",
        "?due=yes",
    ),
    (
        _("Distributions under way"),
        _("Running or paused."),
        "publications.distribution",
        "",
    ),
    (
        _("Failed deliveries"),
        _("Addresses to repair with the unit's liaison."),
        "publications.delivery",
        "?state__in=failed,bounced",
    ),
    (
        _("Printed issues to be posted"),
        _("Released, and promised on paper. Confirm the copies and addresses on their page."),
        "publications.issue",
        "?posting=open",
    ),
    (
        _("Members' news to be placed"),
        _("Accepted texts. Open the next issue and place them under “Members' news”."),
        "news.newssubmission",
        "?placed=no",
    ),
    (
        _("Award applications to check or decide"),
        _("The oldest stand first. Check each formally; review those that were accepted."),
        "awards.awardapplication",
        "?state__in=submitted,accepted",
    ),
    (
        _("Award cycles that are due"),
        _("By the award's period. Open the next cycle from the last one."),
        "awards.award",
        "?due=yes",
    ),
    (
        _("Service requests to be handled"),
        _("New ones, and those under way where the next step is ours."),
        "services.servicerequest",
        "?turn=staff",
    ),
    (
        _("Yearly events still to be made"),
        _("This year has none yet. Make the event from the last one of its series."),
        "events.eventseries",
        "?due=yes",
    ),
    (
        _("Bank lines to book"),
        _("Sure ones are booked together on their statement's page; look at the doubtful ones."),
        "members.statementline",
        "?state__in=proposed,doubtful,nothing_found",
    ),
    (
        _("Payments to confirm"),
        _("A payment counts for a unit's standing once finance has confirmed it."),
        "members.duespayment",
        "?confirmed=no",
    ),
    (
        _("Transfer slips to look at"),
        _("Compare each with the bank's account, then book it or return it to the unit."),
        "members.transferslip",
        "?slip=waiting",
    ),
    (
        _("Units unpaid for two years or more"),
        _("For the council. Each stays here until it pays or a resolution decides."),
        "members.unitinarrears",
        "?decided=no",
    ),
    (
        _("Units about to lose their standing"),
        _("At the end of this half-year. See what each loses, and write to them in time."),
        "reports.cliffunit",
        "",
    ),
    (
        _("Receipts whose money was given back"),
        _("Void each, or look at the refund again."),
        "members.duesreceipt",
        "?state=refunded",
    ),
    (
        _("Certificates that no longer say what holds"),
        _("Renamed, promoted, left or expired. Issue new ones from the list of units."),
        "members.membercertificate",
        "?state=outdated",
    ),
    (
        _("Applications to decide"),
        _("In review, or before the council. What was returned waits for the applicant."),
        "members.membershipapplication",
        "?where=staff",
    ),
    (
        _("Liaison hand-overs to approve"),
        _("Approval sends the successor an invitation."),
        "members.liaisonhandover",
        "?state__exact=waiting",
    ),
    (
        _("Addresses to repair"),
        _("Mail comes back, or the person unsubscribed. The unit's liaison has been asked."),
        "members.contact",
        "?repair=yes",
    ),
    (
        _("Grants that expire within 30 days"),
        _("Renew them or let the unit know."),
        "benefits.exceptionalgrant",
        "",
    ),
]


def today(request, context: dict) -> dict:
    """What the signed-in person may see of it."""
    on = timezone.localdate()
    lines = zip(LINES, waiting(on), strict=True)
    return context | {
        "today": on,
        "waiting": [
            {"title": title, "hint": hint, "count": rows.count(), "link": list_of(model) + query}
            for (title, hint, model, query), rows in lines
            if may_see(request.user, model)
        ],
        "standing": standing(on) if may_see(request.user, "members.memberunit") else None,
        "latest": Issue.objects.released().select_related("publication").first(),
    }


def waiting(on: dt.date) -> list[QuerySet]:
    """The rows behind each of ``LINES``."""
    grants = ExceptionalGrant.objects.on(on)
    return [
        Issue.objects.filter(state=Issue.State.HELD),
        Issue.objects.filter(state=Issue.State.IN_REVIEW),
        Issue.objects.filter(state__in=[Issue.State.DRAFT, Issue.State.SCHEDULED]),
        schedule.behind(on),
        Distribution.objects.filter(
            state__in=[Distribution.State.RUNNING, Distribution.State.PAUSED]
        ),
        Delivery.objects.filter(state__in=Delivery.LOST),
        to_be_posted(on),
        placing.candidates(),
        AwardApplication.objects.filter(state__in=AwardApplication.WAITING),
        due_awards(on),
        ServiceRequest.objects.waiting_for_staff(),
        EventSeries.objects.due(on),
        StatementLine.objects.waiting(),
        DuesPayment.objects.filter(confirmed_at__isnull=True),
        TransferSlip.objects.waiting(),
        undecided(on),
        cliff.soon_falling(on),
        DuesReceipt.objects.with_refunds().filter(is_refunded=True),
        outdated(MemberCertificate.objects, on),
        MembershipApplication.objects.waiting_for_staff(),
        LiaisonHandover.objects.filter(state=LiaisonHandover.State.WAITING),
        Contact.objects.to_repair(),
        grants.filter(ends_on__lte=on + SOON),
    ]


def undecided(on: dt.date) -> QuerySet:
    """Units in arrears of which the council has not decided to wait."""
    waits = ArrearsDecision.objects.filter(wait_until__gte=on)
    return in_arrears(MemberUnit.objects.all(), on).exclude(pk__in=waits.values("unit"))


def standing(on: dt.date) -> dict[str, int]:
    """How many units are members on the day, and how many of them are in good standing."""
    members = MemberUnit.objects.members(on).count()
    good = MemberUnit.objects.in_good_standing(on).count()
    return {"members": members, "good": good, "not_good": members - good}
