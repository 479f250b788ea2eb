"""The association's series of events, from ``catalogue.yaml``."""

from pathlib import Path

from benefits import catalogue
from events.models import EventSeries

FILE = Path(__file__).with_name("catalogue.yaml")


def load(path: Path = FILE) -> catalogue.Loaded:
    """Add the series that are not there yet. Raises ``ValidationError``."""
    return catalogue.load(EventSeries, path)
