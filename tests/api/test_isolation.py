"""A unit's token never finds another unit's rows: every collection, by walking the routes.

A small world in which unit ``ours`` has one of everything that belongs to a unit; a token of
another unit asks for all of it.
"""

import pytest
from django.core.cache import cache
from django.core.management import call_command

from config.api import ROUTES
from members.api import Page, UnitScoped
from tests.api.conftest import Api
from tests.permissions.addresses import addresses
from tests.permissions.world import World

SCOPED = [name for name, view_set in ROUTES if issubclass(view_set, UnitScoped)]
LISTS = [name for name, view_set in ROUTES if hasattr(view_set, "list")]
# A search asks for words.
NEEDED = {"articles": {"q": "矿业"}}
OF_ONE = [
    address
    for address in addresses()
    if address.route.startswith("api/v1/")
    and address.takes
    and address.route.split("/")[2] in SCOPED
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield World()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def ask(db, client, world):
    """Asks as a role of the world."""
    cache.clear()
    return lambda role: Api(client, world.keys[role])


@pytest.mark.parametrize("name", SCOPED)
def test_a_list_holds_the_unit_s_own_rows_alone(ask, world, name):
    model = dict(ROUTES)[name].queryset.model
    of_ours = world.objects[model].pk

    own, other = ids(ask("manager"), name), ids(ask("other_manager"), name)

    assert (of_ours in own, own & other) == (True, set())


def ids(api: Api, name: str) -> set[int]:
    return {row["id"] for row in api.get(f"{name}/", limit=500).json()["results"]}


@pytest.mark.parametrize("address", OF_ONE, ids=lambda address: address.route)
def test_another_unit_s_row_is_not_found(ask, world, client, address):
    url = address.url(world.argument)
    own, other = (ask(role).headers("en") for role in ("manager", "other_manager"))
    wrong = {}

    for method in ("get", "post", "patch", "delete"):
        answer = getattr(client, method)(url, headers=own)
        if answer.streaming:
            b"".join(answer.streaming_content)  # at its end it closes its file
        expected = 405 if answer.status_code == 405 else 404
        said = getattr(client, method)(url, headers=other).status_code
        if said != expected:
            wrong[method] = said

    assert wrong == {}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_comes_in_parts_and_refuses_what_it_does_not_know(ask, name):
    api = ask("manager")

    asked = NEEDED.get(name, {})
    part, wrong = api.get(f"{name}/", limit=1, **asked), api.get(f"{name}/", nothing="1", **asked)

    assert (part.status_code, len(part.json()["results"]) <= 1) == (200, True)
    assert (wrong.status_code, list(wrong.json())) == (400, ["nothing"])


def test_every_list_s_parameters_build_on_those_of_a_page():
    queries = {name: dict(ROUTES)[name].queries.get("list", Page) for name in LISTS}

    assert [name for name, query in queries.items() if not issubclass(query, Page)] == []
