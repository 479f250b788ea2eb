"""The admin site: sign-in through allauth, the sidebar in the order of the staff's day."""

import datetime as dt

from allauth.account.decorators import secure_admin_login
from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from unfold.sites import UnfoldAdminSite

from benefits.models import ExceptionalGrant
from members.models import DuesPayment, MembershipApplication, MemberUnit
from publications.models import Delivery, Distribution, Issue


class MemberServicesAdminSite(UnfoldAdminSite):
    """One door for everybody: the admin's own login form is never shown."""

    def admin_view(self, view, cacheable=False):
        """As Django's; the theme computes small expressions in its pages, which needs eval."""
        return csp_update({"script-src": [UNSAFE_INLINE, UNSAFE_EVAL]})(
            super().admin_view(view, cacheable)
        )

    @method_decorator(secure_admin_login)
    def login(self, request, extra_context=None):
        return super().login(request, extra_context)


def sidebar(request) -> list[dict]:
    """The navigation: groups in the order of the day, and of each what the person may see."""
    groups = [
        (
            _("Members"),
            [
                (_("Member units"), "apartment", "members.memberunit"),
                (_("Contacts"), "contacts", "members.contact"),
                (_("Membership applications"), "how_to_reg", "members.membershipapplication"),
                (_("Tier appointments"), "military_tech", "members.tierappointment"),
                (_("Committee seats"), "groups", "members.committeeseat"),
            ],
        ),
        (
            _("Dues"),
            [
                (_("Dues payments"), "payments", "members.duespayment"),
                (_("Dues standards"), "price_check", "members.duesstandard"),
                (_("Exceptional grants"), "verified", "benefits.exceptionalgrant"),
            ],
        ),
        (
            _("Publications"),
            [
                (_("Issues"), "newspaper", "publications.issue"),
                (_("Articles"), "article", "publications.article"),
                (_("Publications"), "library_books", "publications.publication"),
            ],
        ),
        (
            _("Distribution"),
            [
                (_("Distributions"), "send", "publications.distribution"),
                (_("Deliveries"), "outgoing_mail", "publications.delivery"),
            ],
        ),
        (
            _("Events"),
            [
                (_("Events"), "event", "events.event"),
                (_("Series of events"), "event_repeat", "events.eventseries"),
            ],
        ),
        (
            _("Settings"),
            [
                (_("Benefit items"), "fact_check", "benefits.benefititem"),
                (_("Allowances"), "tune", "benefits.allowance"),
                (_("Tiers"), "leaderboard", "members.tier"),
                (_("Terms"), "date_range", "members.term"),
                (_("Special committees"), "diversity_3", "members.specialcommittee"),
                (_("Representatives"), "badge", "members.representative"),
                (_("Users"), "person", "accounts.user"),
                (_("Roles"), "shield_person", "auth.group"),
                (_("Schedules"), "schedule", "django_celery_beat.periodictask"),
            ],
        ),
    ]
    day = {
        "items": [{"title": _("Today"), "icon": "today", "link": reverse("admin:index")}],
    }
    shown = [
        {
            "title": title,
            "separator": True,
            "items": [
                {
                    "title": name,
                    "icon": icon,
                    "link": reverse("admin:{}_{}_changelist".format(*model.split("."))),
                }
                for name, icon, model in items
                if request.user.has_perm(model.replace(".", ".view_"))
            ],
        }
        for title, items in groups
    ]
    return [day, *(group for group in shown if group["items"])]


def today(request, context: dict) -> dict:
    """What waits for the signed-in member of staff: a line each, with the list it leads to."""
    on = timezone.localdate()
    members = MemberUnit.objects.members(on)

    def line(title, hint, model, query, counted):
        app, name = model.split(".")
        if not request.user.has_perm(f"{app}.view_{name}"):
            return None
        return {
            "title": title,
            "hint": hint,
            "count": counted.count(),
            "link": reverse(f"admin:{app}_{name}_changelist") + query,
        }

    waiting = [
        line(
            _("Issues waiting for a person"),
            _("Their set time was missed. Open each and release it or set a new time."),
            "publications.issue",
            "?state__exact=held",
            Issue.objects.filter(state=Issue.State.HELD),
        ),
        line(
            _("Issues in preparation"),
            _("Drafts, and issues that go out at a set time."),
            "publications.issue",
            "?state__exact=draft",
            Issue.objects.filter(state__in=[Issue.State.DRAFT, Issue.State.SCHEDULED]),
        ),
        line(
            _("Distributions under way"),
            _("Running or paused."),
            "publications.distribution",
            "",
            Distribution.objects.filter(
                state__in=[Distribution.State.RUNNING, Distribution.State.PAUSED]
            ),
        ),
        line(
            _("Failed deliveries"),
            _("Addresses to repair with the unit's liaison."),
            "publications.delivery",
            "?state__exact=failed",
            Delivery.objects.filter(state__in=Delivery.LOST),
        ),
        line(
            _("Payments to confirm"),
            _("A payment counts for a unit's standing once finance has confirmed it."),
            "members.duespayment",
            "?confirmed=no",
            DuesPayment.objects.filter(confirmed_at__isnull=True),
        ),
        line(
            _("Applications to decide"),
            _("Approval makes the unit a member from the day of the decision."),
            "members.membershipapplication",
            "?decision__exact=pending",
            MembershipApplication.objects.filter(decision="pending"),
        ),
        line(
            _("Grants that expire within 30 days"),
            _("Renew them or let the unit know."),
            "benefits.exceptionalgrant",
            "",
            ExceptionalGrant.objects.on(on).filter(ends_on__lte=on + dt.timedelta(days=30)),
        ),
    ]
    standing = None
    if request.user.has_perm("members.view_memberunit"):
        counted = members.count()
        good = MemberUnit.objects.in_good_standing(on).count()
        standing = {"members": counted, "good": good, "not_good": counted - good}
    context |= {
        "today": on,
        "waiting": [each for each in waiting if each],
        "standing": standing,
        "latest": Issue.objects.released().select_related("publication", "distribution").first(),
    }
    return context
