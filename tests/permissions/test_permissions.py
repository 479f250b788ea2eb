"""The permission table: every address, every method, every role, against a reviewed table.

After adding an address, run ``python -m tests.permissions`` and review what git shows has changed
in ``table.txt``.
"""

import logging
from copy import copy

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core.management import call_command
from django.template.response import TemplateResponse
from django.test import override_settings
from unfold.sites import UnfoldAdminSite

from tests.permissions.addresses import addresses
from tests.permissions.asking import METHODS, SESSIONS, letter
from tests.permissions.table import read_table
from tests.permissions.world import ROLES, World


def test_every_address_stands_in_the_table_and_no_other():
    assert sorted(read_table()) == [address.route for address in addresses()]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once and stored, so that undoing a request is a short transaction's matter."""
    logging.disable(logging.CRITICAL)  # thousands of refusals are the point here, not news
    with django_db_blocker.unblock(), override_settings(SESSION_ENGINE=SESSIONS):
        made = World()
        for person in made.people.values():
            person.get_all_permissions()  # read once, kept with the person
        yield made
        call_command("flush", interactive=False, verbosity=0)
    logging.disable(logging.NOTSET)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_role_may_do_what_the_table_says(role, world, monkeypatch):
    # The same person again and again: three queries less for each request.
    monkeypatch.setattr(ModelBackend, "get_user", lambda _self, pk: copy(world.people[pk]))
    if role != "superuser":
        # Whether a role may is decided before the page is drawn; drawing each once is enough.
        monkeypatch.setattr(TemplateResponse, "rendered_content", "")
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
