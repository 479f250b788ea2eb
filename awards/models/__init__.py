"""Awards, the cycles in which they are applied for, and the applications."""

from awards.models.applications import Answer, ApplicationStep, AwardApplication, Material
from awards.models.awards import Award
from awards.models.cycles import AwardCycle, CycleQuestion, MaterialRequirement

__all__ = [
    "Answer",
    "ApplicationStep",
    "Award",
    "AwardApplication",
    "AwardCycle",
    "CycleQuestion",
    "Material",
    "MaterialRequirement",
]
