"""What the association offers to do, what units asked for, and the studies that came of it."""

from services.models.offerings import OfferingQuestion, ServiceOffering, Stage
from services.models.requests import (
    RequestAnswer,
    RequestFile,
    RequestStep,
    ServiceRequest,
)
from services.models.studies import Study, StudyCopy, StudyFile

__all__ = [
    "OfferingQuestion",
    "RequestAnswer",
    "RequestFile",
    "RequestStep",
    "ServiceOffering",
    "ServiceRequest",
    "Stage",
    "Study",
    "StudyCopy",
    "StudyFile",
]
