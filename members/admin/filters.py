"""Questions staff ask of the list of units, in plain words. All are meant as of today."""

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from members.models import (
    CommitteeSeat,
    MembershipApplication,
    MemberUnit,
    SpecialCommittee,
    Tier,
)
from members.standing import GOOD, Basis


class TierFilter(DropdownFilter):
    title = _("tier today")
    parameter_name = "tier"

    def lookups(self, request, model_admin):
        return [(tier.pk, tier.label) for tier in Tier.objects.all()]

    def queryset(self, request, units):
        return units.filter(tier_held=self.value()) if self._is_number() else units

    def _is_number(self) -> bool:
        return (self.value() or "").isdecimal()


class StandingFilter(DropdownFilter):
    title = _("standing today")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        refused = [(basis.value, basis.label) for basis in Basis if basis not in GOOD]
        return [("good", _("in good standing")), *refused]

    def queryset(self, request, units):
        if self.value() == "good":
            return units.in_good_standing(timezone.localdate())
        return units.filter(standing_basis=self.value()) if self.value() else units


class MembershipFilter(DropdownFilter):
    title = _("membership today")
    parameter_name = "membership"

    def lookups(self, request, model_admin):
        return [
            ("member", _("members")),
            ("former", _("former members")),
            ("applicant", _("applicants")),
        ]

    def queryset(self, request, units):
        today = timezone.localdate()
        chosen = {
            "member": units.members,
            "former": lambda on: _apart_from_members(units, on, ended_on__lt=on),
            "applicant": lambda on: _apart_from_members(units, on, decision="pending"),
        }.get(self.value())
        return chosen(today) if chosen else units


def _apart_from_members(units, on, **conditions):
    """Non-members with such an application."""
    members = MemberUnit.objects.members(on).filter(pk=OuterRef("pk"))
    applications = MembershipApplication.objects.filter(unit=OuterRef("pk"), **conditions)
    return units.filter(Exists(applications), ~Exists(members))


class ProvinceFilter(DropdownFilter):
    title = _("province")
    parameter_name = "province"

    def lookups(self, request, model_admin):
        named = MemberUnit.objects.exclude(province="").order_by("province")
        return [(name, name) for name in named.values_list("province", flat=True).distinct()]

    def queryset(self, request, units):
        return units.filter(province=self.value()) if self.value() else units


class CommitteeFilter(DropdownFilter):
    title = _("special committee today")
    parameter_name = "committee"

    def lookups(self, request, model_admin):
        return [(each.code, each.label) for each in SpecialCommittee.objects.all()]

    def queryset(self, request, units):
        if not self.value():
            return units
        seats = CommitteeSeat.objects.on(timezone.localdate())
        return units.filter(Exists(seats.filter(unit=OuterRef("pk"), committee__code=self.value())))


class ConfirmedFilter(DropdownFilter):
    title = _("confirmation")
    parameter_name = "confirmed"

    def lookups(self, request, model_admin):
        return [("no", _("to be confirmed")), ("yes", _("confirmed"))]

    def queryset(self, request, payments):
        if self.value() in ("yes", "no"):
            return payments.filter(confirmed_at__isnull=self.value() == "no")
        return payments


class RepairFilter(DropdownFilter):
    title = _("mail")
    parameter_name = "repair"

    def lookups(self, request, model_admin):
        return [("yes", _("addresses to repair"))]

    def queryset(self, request, contacts):
        return contacts.to_repair() if self.value() == "yes" else contacts


class InvitationFilter(DropdownFilter):
    title = _("state")
    parameter_name = "open"

    def lookups(self, request, model_admin):
        return [("yes", _("open"))]

    def queryset(self, request, invitations):
        return invitations.open(timezone.now()) if self.value() == "yes" else invitations
