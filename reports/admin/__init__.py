"""The door for staff: figures across apps, and what a decision will change."""

from reports.admin.batches import AppointmentBatchAdmin
from reports.admin.cliff import CliffUnitAdmin
from reports.admin.statements import UnitStatementAdmin

__all__ = ["AppointmentBatchAdmin", "CliffUnitAdmin", "UnitStatementAdmin"]
