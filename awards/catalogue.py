"""The awards that the association helps with, from ``catalogue.yaml``."""

from pathlib import Path

from awards.models import Award
from benefits import catalogue

FILE = Path(__file__).with_name("catalogue.yaml")
OPTIONAL = ("name_en", "description", "description_en")


def load(path: Path = FILE) -> catalogue.Loaded:
    """Add the awards that are not there yet. Raises ``ValidationError``."""
    return catalogue.load(Award, path, optional=OPTIONAL)
