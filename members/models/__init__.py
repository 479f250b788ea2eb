from members.models.arrears import ArrearsDecision, DuesAccount, UnitInArrears
from members.models.bank import (
    BankStatement,
    ColumnMapping,
    LineCandidate,
    LineShare,
    StatementLine,
)
from members.models.batches import AppointmentBatch, SeatChange, TierChange
from members.models.certificates import MemberCertificate
from members.models.committees import CommitteeSeat, SpecialCommittee
from members.models.contacts import Contact
from members.models.dues import DuesAdjustment, DuesNotice, DuesPayment, DuesStandard
from members.models.handover import LiaisonHandover
from members.models.inviting import Invitation
from members.models.joining import (
    ApplicationContact,
    ApplicationFile,
    ApplicationForm,
    ApplicationStep,
    MembershipApplication,
)
from members.models.merging import FoldedDuplicate, UnitMerger
from members.models.receipts import DuesReceipt, ReceiptBook
from members.models.reminders import DuesReminder, ReminderRule
from members.models.representation import Representative
from members.models.sheets import ImportedRow, SheetImport, SheetProblem
from members.models.tiers import Term, Tier, TierAppointment
from members.models.tokens import ApiToken
from members.models.transfers import BankAccount, TransferSlip
from members.models.units import FormerName, MemberUnit

__all__ = [
    "ApiToken",
    "ApplicationContact",
    "ApplicationFile",
    "ApplicationForm",
    "ApplicationStep",
    "AppointmentBatch",
    "ArrearsDecision",
    "BankAccount",
    "BankStatement",
    "ColumnMapping",
    "CommitteeSeat",
    "Contact",
    "DuesAccount",
    "DuesAdjustment",
    "DuesNotice",
    "DuesPayment",
    "DuesReceipt",
    "DuesReminder",
    "DuesStandard",
    "FoldedDuplicate",
    "FormerName",
    "ImportedRow",
    "Invitation",
    "LiaisonHandover",
    "LineCandidate",
    "LineShare",
    "MemberCertificate",
    "MemberUnit",
    "MembershipApplication",
    "ReceiptBook",
    "ReminderRule",
    "Representative",
    "SeatChange",
    "SheetImport",
    "SheetProblem",
    "SpecialCommittee",
    "StatementLine",
    "Term",
    "Tier",
    "TierAppointment",
    "TierChange",
    "TransferSlip",
    "UnitInArrears",
    "UnitMerger",
]
