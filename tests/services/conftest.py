"""What several of these tests start from."""

import pytest


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Uploaded files lie in the test's own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"
