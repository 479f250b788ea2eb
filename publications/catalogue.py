"""The association's publications, from ``catalogue.yaml``."""

from pathlib import Path

from benefits import catalogue
from publications.models import Publication

FILE = Path(__file__).with_name("catalogue.yaml")

OPTIONAL = ("name_en", "is_mailed", "due_weekday", "due_day", "due_months")


def load(path: Path = FILE) -> catalogue.Loaded:
    """Add the publications that are not there yet. Raises ``ValidationError``."""
    return catalogue.load(Publication, path, optional=OPTIONAL)
