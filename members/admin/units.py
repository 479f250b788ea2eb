"""Member units: the list that answers most questions, and the page with everything of a unit."""

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, Q
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from members.admin.asking import address_of
from members.admin.certificates import ISSUE, issue_certificates
from members.admin.filters import (
    CommitteeFilter,
    MembershipFilter,
    ProvinceFilter,
    StandingFilter,
    TierFilter,
)
from members.admin.forms import ContactForm, DatedFormSet, DatedInlineForm
from members.admin.recorded import Recorded
from members.admin.sheets import ExcelMixin
from members.admin.standing_today import StandingToday, judged_today
from members.admin.unit_changes import UnitChanges
from members.models import (
    CommitteeSeat,
    Contact,
    DuesPayment,
    FormerName,
    MembershipApplication,
    MemberUnit,
    Representative,
    TierAppointment,
    UnitMerger,
)
from members.sheets.units import UnitSheet
from members.standing import Standing, standing

CHANGELIST = "members_memberunit_changelist"


class FormerNameInline(TabularInline):
    model = FormerName
    extra = 0
    tab = True


class ContactInline(TabularInline):
    model = Contact
    form = ContactForm
    fields = ["name", "roles", "deputy_roles", "title", "email", "mobile", "is_active"]
    extra = 0
    tab = True
    show_change_link = True


class AppointmentFormSet(DatedFormSet):
    overlap_message = _("The unit already holds a tier in this period. End that one first.")


class AppointmentInline(TabularInline):
    model = TierAppointment
    form = DatedInlineForm
    formset = AppointmentFormSet
    fields = ["tier", "term", "starts_on", "ends_on", "resolution"]
    extra = 0
    tab = True


class SeatFormSet(DatedFormSet):
    once_per = ("committee",)
    overlap_message = _("The unit already sits on this committee in this period.")


class SeatInline(TabularInline):
    model = CommitteeSeat
    form = DatedInlineForm
    formset = SeatFormSet
    fields = ["committee", "starts_on", "ends_on"]
    extra = 0
    tab = True


class ReadOnlyInline(TabularInline):
    """Rows that are decided elsewhere; each opens its own page."""

    extra = 0
    tab = True
    show_change_link = True
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit")

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class HeldTierInline(ReadOnlyInline):
    model = TierAppointment
    fields = ["tier", "term", "starts_on", "ends_on", "resolution"]
    ordering = ["-starts_on"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("tier", "term")


class HeldSeatInline(ReadOnlyInline):
    model = CommitteeSeat
    fields = ["committee", "starts_on", "ends_on"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("committee")


class ApplicationInline(ReadOnlyInline):
    model = MembershipApplication
    fields = ["filed_on", "decision", "decided_on", "resolution", "ended_on", "ended_because"]


class PaymentInline(ReadOnlyInline):
    model = DuesPayment
    fields = ["year", "kind", "amount", "paid_on", "reference", "confirmed_at"]
    readonly_fields = ["confirmed_at"]
    ordering = ["-year", "-paid_on", "-pk"]


class RepresentativeInline(TabularInline):
    model = Representative
    fields = ["user", "role", "granted_at", "revoked_at"]
    readonly_fields = ["granted_at", "revoked_at"]
    autocomplete_fields = ["user"]
    show_change_link = True
    extra = 0
    tab = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user")


@admin.register(MemberUnit)
class MemberUnitAdmin(UnitChanges, ExcelMixin, Recorded, StandingToday, ModelAdmin):
    excel = UnitSheet
    list_display = ["name", "tier_today", "member_since", "standing_today", "bulletin_contact"]
    list_filter = [
        StandingFilter,
        TierFilter,
        MembershipFilter,
        CommitteeFilter,
        ProvinceFilter,
    ]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name", "former_names__name", "credit_code"]
    search_help_text = _("Name, former name or credit code")
    warn_unsaved_form = True
    actions = [issue_certificates]
    readonly_fields = ["standing_and_reasons", "merged"]
    actions_list = ["bring_in", "duplicates"]
    actions_detail = ["statement", "rename", "invite", "hand_over", "merge", "fold"]
    fieldsets = [
        (_("Standing today"), {"fields": ["merged", "standing_and_reasons"]}),
        (
            _("The unit"),
            {
                "fields": [
                    ("name", "credit_code"),
                    ("kind", "province"),
                    ("address", "postcode"),
                    ("phone", "website"),
                    "note",
                ]
            },
        ),
    ]
    inlines = [
        ContactInline,
        HeldTierInline,
        HeldSeatInline,
        ApplicationInline,
        PaymentInline,
        RepresentativeInline,
        FormerNameInline,
    ]

    def get_queryset(self, request):
        units = super().get_queryset(request).genuine()
        if request.resolver_match.url_name != CHANGELIST:
            return units
        bulletin = Contact.objects.with_role(Contact.Role.BULLETIN)
        return judged_today(units).annotate(
            joined_on=F("membership_on_day__decided_on"),
            has_bulletin_contact=Exists(
                bulletin.filter(unit=OuterRef("pk"), unsubscribed_at__isnull=True)
            ),
        )

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "website":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets[1:]
        known = UnitMerger.objects.filter(Q(absorbed=obj) | Q(into=obj)).exists()
        shown = ["merged", "standing_and_reasons"] if known else ["standing_and_reasons"]
        return [(self.fieldsets[0][0], {"fields": shown}), *self.fieldsets[1:]]

    def get_readonly_fields(self, request, obj=None):
        """A name is changed by renaming, so that the old one is kept."""
        return [*self.readonly_fields, "name"] if obj else self.readonly_fields

    def get_inlines(self, request, obj):
        """A new unit's first tier and seats are typed in; later ones are changed with a reason."""
        return self.inlines if obj else [ContactInline, AppointmentInline, SeatInline]

    def has_certify_permission(self, request) -> bool:
        return request.user.has_perm(ISSUE)

    def has_statement_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("reports.view_unitstatement")

    @action(
        description=_("Benefit statement"),
        url_path="statement",
        permissions=["statement"],
        icon="receipt_long",
    )
    def statement(self, request, object_id):
        """To the page of `reports`, which stands above this app and is known by its name alone."""
        return redirect("admin:reports_unitstatement_change", object_id)

    @display(description=_("member since"), ordering="joined_on", empty_value="—")
    def member_since(self, unit):
        return unit.joined_on

    @display(description=_("gets the bulletin"), boolean=True)
    def bulletin_contact(self, unit) -> bool:
        return unit.has_bulletin_contact

    @display(description=_("merger"))
    def merged(self, unit) -> str:
        """What it is part of now, and what became part of it."""
        own = UnitMerger.objects.filter(absorbed=unit).select_related("into")
        others = UnitMerger.objects.filter(into=unit).select_related("absorbed")
        lines = [(_("merged into"), each.into, each.on) for each in own]
        lines += [(_("absorbed"), each.absorbed, each.on) for each in others]
        return _merger_lines(lines) or "—"

    @display(description=_("Standing today"))
    def standing_and_reasons(self, unit) -> str:
        """Asked for once, though the theme renders a read-only field several times."""
        if not hasattr(unit, "shown_standing"):
            unit.shown_standing = self._reasons(standing(unit, timezone.localdate()))
        return unit.shown_standing

    def _reasons(self, answer: Standing) -> str:
        word = _("In good standing") if answer.is_good else _("Not in good standing")
        return format_html(
            "<strong>{} · {}</strong>{}{}",
            word,
            answer.basis.label,
            _listed(answer.because),
            format_html("<p>{}</p>{}", _("What would change it:"), _listed(answer.would_change))
            if answer.would_change
            else "",
        )


def _merger_lines(lines) -> str:
    return format_html_join(
        "",
        '<div>{} <a class="text-primary-600 dark:text-primary-500" href="{}">{}</a> · {}</div>',
        ((word, address_of(unit), unit, date_format(on)) for word, unit, on in lines),
    )


def _listed(sentences: tuple[str, ...]) -> str:
    items = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences))
    return format_html('<ul class="pl-4">{}</ul>', items)
