"""The door for staff: what they see and press. Deciding is done in the activities behind it."""

from services.admin.offerings import ServiceOfferingAdmin
from services.admin.requests import ServiceRequestAdmin
from services.admin.studies import StudyAdmin

__all__ = ["ServiceOfferingAdmin", "ServiceRequestAdmin", "StudyAdmin"]
