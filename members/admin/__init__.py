"""The door for staff: units and all that belongs to them. Deciding is done behind it."""

from members.admin.applications import MembershipApplicationAdmin
from members.admin.dues import DuesPaymentAdmin, DuesStandardAdmin
from members.admin.people import ContactAdmin, RepresentativeAdmin
from members.admin.sheets import SheetImportAdmin
from members.admin.tiers import (
    CommitteeSeatAdmin,
    SpecialCommitteeAdmin,
    TermAdmin,
    TierAdmin,
    TierAppointmentAdmin,
)
from members.admin.tokens import ApiTokenAdmin
from members.admin.units import MemberUnitAdmin

__all__ = [
    "ApiTokenAdmin",
    "CommitteeSeatAdmin",
    "ContactAdmin",
    "DuesPaymentAdmin",
    "DuesStandardAdmin",
    "MemberUnitAdmin",
    "MembershipApplicationAdmin",
    "RepresentativeAdmin",
    "SheetImportAdmin",
    "SpecialCommitteeAdmin",
    "TermAdmin",
    "TierAdmin",
    "TierAppointmentAdmin",
]
