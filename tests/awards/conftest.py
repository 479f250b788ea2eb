"""What several of these tests start from."""

import pytest


@pytest.fixture(autouse=True)
def stored(settings, tmp_path):
    """Uploaded files lie in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def files_on_disk(stored):
    return lambda: sorted(path for path in stored.rglob("*") if path.is_file())
