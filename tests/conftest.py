"""Fixtures for every test. The servers come from `tests/plugins/servers.py`."""

import gc
import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import translation

from stack.valkey import Broker


def pytest_configure() -> None:
    """Passwords of test users need not be slow to guess."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage took a quarter of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_keepdb, django_db_modify_db_settings_parallel_suffix
) -> None:
    """Two runs on one server do not meet: the test database's name says which run it is of."""
    if not django_db_keepdb:
        database = settings.DATABASES["default"]
        test = database.setdefault("TEST", {})
        name = test.get("NAME") or f"test_{database['NAME']}"
        test["NAME"] = f"{name}_{os.environ['TEST_RUN']}"


@pytest.fixture(autouse=True)
def in_chinese():
    """No test speaks the language that the last page of another was asked for in."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def broker() -> str:
    """The URL of an empty broker that this xdist worker has for itself."""
    import redis

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")
    url = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{int(worker) + 1}").geturl()
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
        yield url
        connection.flushdb()


@pytest.fixture
def broker_server(tmp_path):
    """A broker of the test's own, to `start()`, `stop()` and `start()` again."""
    server = Broker(tmp_path / "valkey")
    yield server
    server.stop()
