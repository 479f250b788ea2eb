"""The admin's navigation, in the order of the staff's day."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Groups of (name, icon, model): each leads to the model's list, or to the page named behind it.
GROUPS = [
    (
        _("Members"),
        [
            (_("Member units"), "apartment", "members.memberunit"),
            (_("Contacts"), "contacts", "members.contact"),
            (_("Liaison hand-overs"), "swap_horiz", "members.liaisonhandover"),
            (_("Membership applications"), "how_to_reg", "members.membershipapplication"),
            (_("Appointment batches"), "how_to_vote", "members.appointmentbatch"),
            (_("Tier appointments"), "military_tech", "members.tierappointment"),
            (_("Committee seats"), "groups", "members.committeeseat"),
            (_("Imports from Excel"), "upload_file", "members.sheetimport"),
            (_("Member certificates"), "workspace_premium", "members.membercertificate"),
        ],
    ),
    (
        _("Dues"),
        [
            (_("Dues accounts"), "account_balance_wallet", "members.duesaccount"),
            (_("Dues payments"), "payments", "members.duespayment"),
            (_("Transfer slips"), "attach_file", "members.transferslip"),
            (_("Dues notices"), "request_quote", "members.duesnotice"),
            (_("Dues reminders"), "notifications", "members.duesreminder"),
            (_("Units in arrears"), "hourglass_bottom", "members.unitinarrears"),
            (_("Dues receipts"), "receipt_long", "members.duesreceipt"),
            (_("Receipt books"), "menu_book", "members.receiptbook"),
            (_("Bank statements"), "account_balance", "members.bankstatement"),
            (_("Lines of bank statements"), "manage_search", "members.statementline"),
            (_("Dues standards"), "price_check", "members.duesstandard"),
            (_("Exceptional grants"), "verified", "benefits.exceptionalgrant"),
        ],
    ),
    (
        _("Publications"),
        [
            (_("Issues"), "newspaper", "publications.issue"),
            (_("Articles"), "article", "publications.article"),
            (_("Search the archive"), "manage_search", "publications.issue.archive"),
            (_("Members' news"), "campaign", "news.newssubmission"),
            (_("Templates of sections"), "toc", "publications.sectiontemplate"),
            (_("Publications"), "library_books", "publications.publication"),
        ],
    ),
    (
        _("Distribution"),
        [
            (_("Distributions"), "send", "publications.distribution"),
            (_("Deliveries"), "outgoing_mail", "publications.delivery"),
            (_("Print runs"), "print", "publications.printrun"),
            (_("Parcels"), "package_2", "publications.parcel"),
        ],
    ),
    (
        _("Events"),
        [
            (_("Events"), "event", "events.event"),
            (_("Attendees"), "groups", "events.attendee"),
            (_("Registrations"), "how_to_reg", "events.registration"),
            (_("Series of events"), "event_repeat", "events.eventseries"),
        ],
    ),
    (
        pgettext_lazy("sidebar", "Awards"),
        [
            (_("Award applications"), "inbox", "awards.awardapplication"),
            (_("Award cycles"), "event_repeat", "awards.awardcycle"),
            (pgettext_lazy("sidebar", "Awards"), "trophy", "awards.award"),
        ],
    ),
    (
        _("Services"),
        [
            (_("Service requests"), "support_agent", "services.servicerequest"),
            (_("Services offered"), "home_repair_service", "services.serviceoffering"),
            (_("Studies of problems"), "lab_profile", "services.study"),
        ],
    ),
    (
        _("Reports"),
        [
            (_("Benefit statements"), "receipt_long", "reports.unitstatement"),
            (_("Standing about to end"), "event_busy", "reports.cliffunit"),
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
            (_("Bank accounts"), "account_balance", "members.bankaccount"),
            (_("Reminder rules"), "notification_add", "members.reminderrule"),
            (_("Representatives"), "badge", "members.representative"),
            (_("Invitations"), "person_add", "members.invitation"),
            (_("Unit mergers"), "merge", "members.unitmerger"),
            (_("Folded duplicates"), "content_copy", "members.foldedduplicate"),
            (_("Forms of banks' exports"), "view_column", "members.columnmapping"),
            (_("API tokens"), "key", "members.apitoken"),
            (_("Users"), "person", "accounts.user"),
            (_("Roles"), "shield_person", "auth.group"),
            (_("Letters"), "mail", "letters.letter"),
            (_("Schedules"), "schedule", "django_celery_beat.periodictask"),
        ],
    ),
]


def sidebar(request) -> list[dict]:
    """Of each group, what the signed-in person may see."""
    day = {"items": [{"title": _("Today"), "icon": "today", "link": reverse("admin:index")}]}
    shown = [
        {
            "title": title,
            "separator": True,
            "items": [
                {"title": name, "icon": icon, "link": list_of(model)}
                for name, icon, model in items
                if may_see(request.user, model)
            ],
        }
        for title, items in GROUPS
    ]
    return [day, *(group for group in shown if group["items"])]


def list_of(model: str) -> str:
    """The address of a model's list; ``model`` as in ``members.contact``, or with a page's name."""
    app, name, *page = model.split(".")
    return reverse(f"admin:{app}_{name}_{page[0] if page else 'changelist'}")


def may_see(user, model: str) -> bool:
    app, name = model.split(".")[:2]
    return user.has_perm(f"{app}.view_{name}")
