import datetime as dt

import pytest

from benefits.charter import load
from benefits.charter_file import CHARTER_FILE, parse

TODAY = dt.date(2026, 3, 13)


@pytest.fixture
def charter(db) -> None:
    """The association's 39 items, as the file has them."""
    load(parse(CHARTER_FILE), today=TODAY)
