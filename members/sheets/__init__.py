"""Excel in and out: a sheet per kind of thing, with the columns that are read and written."""

from members.sheets.appointments import AppointmentSheet
from members.sheets.base import Sheet
from members.sheets.contacts import ContactSheet
from members.sheets.memberships import MembershipSheet
from members.sheets.payments import PaymentSheet
from members.sheets.units import UnitSheet

SHEETS: dict[str, type[Sheet]] = {
    sheet.subject: sheet
    for sheet in (UnitSheet, MembershipSheet, ContactSheet, AppointmentSheet, PaymentSheet)
}

__all__ = ["SHEETS", "Sheet"]
