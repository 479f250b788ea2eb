"""Give the tests a PostgreSQL and a broker, before Django reads its settings.

Where `DATABASE_URL` or `REDIS_URL` is set, that server is used (`python -m stack warm` keeps
servers up between runs). Otherwise one of each is started for the whole run, shared by all
xdist workers, and gone at its end, even when pytest is killed.
"""

import os

import pytest

from stack.postgres import THROWAWAY
from stack.throwaway import Servers
from stack.translations import apps, compile_catalogs


def is_xdist_worker() -> bool:
    """A worker inherits the environment of the process that started the servers."""
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    """Runs around pytest-django's own hook, which loads the settings."""
    if not is_xdist_worker():
        servers = Servers(postgres_settings=THROWAWAY)
        early_config.add_cleanup(servers.stop)
        os.environ["TEST_RUN"] = str(os.getpid())
        for name, value in servers.environment().items():
            os.environ.setdefault(name, value)
        compile_catalogs(apps())
    return (yield)
