"""A mail server for the tests of distributions."""

import pytest

from tests.publications.mailing import Sink


@pytest.fixture
def sink(tmp_path, settings):
    """A mail server to which the settings point, with short waits."""
    sink = Sink(tmp_path)
    sink.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = ""
    settings.EMAIL_TIMEOUT = 1
    settings.DELIVERY_RETRY_DELAYS = [60, 300]
    yield sink
    sink.stop()
