"""For whom one is here: landing, the choice of a unit, and who is turned away."""

import pytest
from django.utils import timezone

from tests.factories import RepresentativeFactory, UnitFactory, UserFactory
from tests.portal.factories import person_of
from tests.portal.pages import Page

pytestmark = pytest.mark.django_db

PLACES = ["/rights/", "/publications/", "/events/", "/unit/"]


def test_landing_leads_a_stranger_to_sign_in(client):
    response = client.get("/")

    assert (response.status_code, response.url) == (302, "/accounts/login/")


def test_landing_leads_staff_to_the_admin(client):
    client.force_login(UserFactory(is_staff=True))

    assert client.get("/").url == "/admin/"


def test_landing_leads_a_unit_to_its_rights(reader):
    assert reader.get("/").url == "/rights/"


@pytest.mark.parametrize("place", PLACES)
def test_every_place_asks_a_stranger_to_sign_in(client, place):
    assert client.get(place).url == f"/accounts/login/?next={place}"


@pytest.mark.parametrize("place", PLACES)
def test_a_user_without_a_unit_reads_what_to_do(client, place):
    client.force_login(UserFactory())

    response = client.get(place)

    assert response.status_code == 403
    assert Page(response).each("h1") == ["您还没有代表任何会员单位"]


def test_staff_without_a_unit_are_led_to_the_admin(client):
    client.force_login(UserFactory(is_staff=True))

    assert client.get("/rights/").url == "/admin/"


def test_access_that_was_revoked_is_no_access(client, unit):
    user = UserFactory()
    RepresentativeFactory(user=user, unit=unit, revoked_at=timezone.now())
    client.force_login(user)

    assert client.get("/rights/").status_code == 403


def test_with_several_units_one_is_asked_first_and_led_on(client):
    one, other = UnitFactory(name="甲矿业"), UnitFactory(name="乙矿业")
    client.force_login(person_of(one, other))

    asked = client.get("/unit/")
    chosen = client.post("/switch/", {"unit": other.pk, "next": "/unit/"})

    assert asked.url == "/switch/?next=%2Funit%2F"
    assert chosen.url == "/unit/"
    assert client.get("/unit/").context["unit"] == other


def test_the_switch_page_lists_the_user_s_units_only(client):
    one, other = UnitFactory(name="甲矿业"), UnitFactory(name="乙矿业")
    UnitFactory(name="丙矿业")
    client.force_login(person_of(one, other))

    assert Page(client.get("/switch/")).each("strong") == ["乙矿业", "甲矿业"]


@pytest.mark.parametrize("wrong", ["foreign", "", "x"])
def test_a_unit_of_others_cannot_be_chosen(client, wrong):
    foreign = UnitFactory()
    client.force_login(person_of(UnitFactory(), UnitFactory()))

    chosen = client.post("/switch/", {"unit": foreign.pk if wrong == "foreign" else wrong})

    assert chosen.status_code == 404


def test_a_choice_is_forgotten_when_access_to_it_ends(client):
    one, other = UnitFactory(), UnitFactory()
    user = person_of(one, other, UnitFactory())
    client.force_login(user)
    client.post("/switch/", {"unit": other.pk})

    user.representations.filter(unit=other).update(revoked_at=timezone.now())

    assert client.get("/unit/").url == "/switch/?next=%2Funit%2F"


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_after_choosing_nobody_is_led_elsewhere(client, address):
    one, other = UnitFactory(), UnitFactory()
    client.force_login(person_of(one, other))

    chosen = client.post("/switch/", {"unit": one.pk, "next": address})

    assert chosen.url == "/rights/"


def test_pages_of_a_unit_are_not_kept_by_shared_caches(reader):
    header = reader.get("/unit/").headers["Cache-Control"]

    assert sorted(header.split(", ")) == ["no-cache", "private"]


@pytest.mark.parametrize("place", PLACES)
def test_places_are_only_read(reader, place):
    assert reader.post(place).status_code == 405
