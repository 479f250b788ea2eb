"""The door for staff: awards, their cycles, and the queue of applications."""

from awards.admin.applications import AwardApplicationAdmin
from awards.admin.awards import AwardAdmin
from awards.admin.cycles import AwardCycleAdmin

__all__ = ["AwardAdmin", "AwardApplicationAdmin", "AwardCycleAdmin"]
