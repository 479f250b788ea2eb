"""The door for staff: units and all that belongs to them. Deciding is done behind it."""

from members.admin.applications import MembershipApplicationAdmin
from members.admin.arrears import UnitInArrearsAdmin
from members.admin.bank import BankStatementAdmin, ColumnMappingAdmin, StatementLineAdmin
from members.admin.certificates import MemberCertificateAdmin
from members.admin.dues import DuesPaymentAdmin
from members.admin.dues_accounts import DuesAccountAdmin
from members.admin.mergers import FoldedDuplicateAdmin, UnitMergerAdmin
from members.admin.notices import DuesNoticeAdmin, DuesReminderAdmin, ReminderRuleAdmin
from members.admin.people import (
    ContactAdmin,
    InvitationAdmin,
    LiaisonHandoverAdmin,
    RepresentativeAdmin,
)
from members.admin.receipt_books import ReceiptBookAdmin
from members.admin.receipts import DuesReceiptAdmin
from members.admin.sheets import SheetImportAdmin
from members.admin.standards import DuesStandardAdmin
from members.admin.tiers import (
    CommitteeSeatAdmin,
    SpecialCommitteeAdmin,
    TermAdmin,
    TierAdmin,
    TierAppointmentAdmin,
)
from members.admin.tokens import ApiTokenAdmin
from members.admin.transfers import BankAccountAdmin, TransferSlipAdmin
from members.admin.units import MemberUnitAdmin

__all__ = [
    "ApiTokenAdmin",
    "BankAccountAdmin",
    "BankStatementAdmin",
    "ColumnMappingAdmin",
    "CommitteeSeatAdmin",
    "ContactAdmin",
    "DuesAccountAdmin",
    "DuesNoticeAdmin",
    "DuesPaymentAdmin",
    "DuesReceiptAdmin",
    "DuesReminderAdmin",
    "DuesStandardAdmin",
    "FoldedDuplicateAdmin",
    "InvitationAdmin",
    "LiaisonHandoverAdmin",
    "MemberCertificateAdmin",
    "MemberUnitAdmin",
    "MembershipApplicationAdmin",
    "ReceiptBookAdmin",
    "ReminderRuleAdmin",
    "RepresentativeAdmin",
    "SheetImportAdmin",
    "SpecialCommitteeAdmin",
    "StatementLineAdmin",
    "TermAdmin",
    "TierAdmin",
    "TierAppointmentAdmin",
    "TransferSlipAdmin",
    "UnitInArrearsAdmin",
    "UnitMergerAdmin",
]
