"""The permission table: every address, every method, every role, against a reviewed table.

After adding an address, run ``python -m tests.permissions`` and review what git shows has changed
in ``table.txt``.
"""

import logging
from copy import copy

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core.management import call_command
from django.template.backends.django import Template
from django.test import override_settings
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.sites import UnfoldAdminSite

from members.tokens import found
from tests.permissions.addresses import addresses
from tests.permissions.asking import METHODS, SESSIONS, letter
from tests.permissions.table import read_table
from tests.permissions.world import ROLES, World

DRAWN = ("manager", "superuser")  # the portal's pages, and the staff's


def test_every_address_stands_in_the_table_and_no_other():
    assert sorted(read_table()) == [address.route for address in addresses()]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once and stored, so that undoing a request is a short transaction's matter."""
    logging.disable(logging.CRITICAL)  # thousands of refusals are the point here, not news
    with django_db_blocker.unblock(), override_settings(SESSION_ENGINE=SESSIONS):
        try:
            yield World()
        finally:
            call_command("flush", interactive=False, verbosity=0)
    logging.disable(logging.NOTSET)


@pytest.fixture
def known(db, world, monkeypatch):
    """Who asks is read once, with what the person may: thousands of queries less."""
    people, tokens = world.people, {key: found(key, timezone.now()) for key in world.keys.values()}
    for person in people.values():
        person.get_all_permissions()
    for token in tokens.values():
        token.user = people[token.user_id]
    monkeypatch.setattr(ModelBackend, "get_user", lambda _self, pk: copy(people[pk]))
    monkeypatch.setattr("members.api.found", lambda key, at: copy(tokens[key]))


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_role_may_do_what_the_table_says(role, world, known, monkeypatch):
    if role not in DRAWN:
        # Whether a role may is decided before the page is drawn; drawing each once is enough.
        monkeypatch.setattr(Template, "render", lambda *_given, **_named: SafeString())
        monkeypatch.setattr(UnfoldAdminSite, "each_context", lambda site, request: {})
    table = read_table()
    place = ROLES.index(role)
    wrong = []
    for address in addresses():
        url = address.url(world.argument)
        for column in METHODS:
            said = letter(world.headers(role, url), column, url)
            expected = table[address.route][column][place]
            if said != expected:
                wrong.append(f"{address.route} {column}: {said}, not {expected}")
    assert wrong == []
