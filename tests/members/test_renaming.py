"""A unit takes another name."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from members.models import MemberUnit
from members.renaming import NameTaken, rename
from tests.factories import UnitFactory, UserFactory
from tests.members.factories import day

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)


def renamed(unit, name="青禾铜业集团有限公司", on="2026-03-01") -> MemberUnit:
    return rename(unit=unit, name=name, on=day(on), why="更名核准", by=UserFactory(), at=AT)


def refused(unit, **given) -> dict:
    with pytest.raises(ValidationError) as caught:
        renamed(unit, **given)
    return caught.value.message_dict


def test_the_old_name_stays_findable_with_its_last_day():
    unit = UnitFactory(name="青禾铜业有限公司")

    renamed(unit)

    unit.refresh_from_db()
    assert unit.name == "青禾铜业集团有限公司"
    assert [(each.name, each.until) for each in unit.former_names.all()] == [
        ("青禾铜业有限公司", day("2026-02-28"))
    ]
    assert list(MemberUnit.objects.named("青禾铜业有限公司")) == [unit]


def test_who_and_why_are_recorded():
    unit = UnitFactory()

    renamed(unit)

    event = unit.events.latest("pgh_id")
    assert (event.pgh_label, event.pgh_context["why"]) == ("update", "更名核准")


def test_a_unit_can_take_an_old_name_again():
    unit = UnitFactory(name="甲")
    renamed(unit, name="乙", on="2024-02-29")
    renamed(unit, name="甲", on="2025-01-01")
    renamed(unit, name="丙", on="2026-03-13")

    assert {(each.name, each.until) for each in unit.former_names.all()} == {
        ("甲", day("2026-03-12")),
        ("乙", day("2024-12-31")),
    }


def test_the_name_of_another_unit_is_refused_with_that_unit():
    other = UnitFactory(name="青禾铜业集团有限公司")
    unit = UnitFactory()

    with pytest.raises(NameTaken) as caught:
        renamed(unit)

    assert caught.value.unit == other


def test_what_is_refused():
    unit = UnitFactory(name="甲")
    assert refused(unit, name=" 甲 ") == {"name": ["该单位本来就叫这个名称。"]}
    assert refused(unit, on="2026-03-14") == {"on": ["请在新名称启用后再登记，不要提前。"]}
    renamed(unit, name="乙", on="2026-03-01")
    assert refused(unit, name="丙", on="2026-02-28") == {"on": ["该单位在这一天之后又改过名称。"]}


def test_the_day_is_china_s():
    late = dt.datetime(2026, 3, 13, 16, tzinfo=dt.UTC)  # the 14th in Shanghai
    unit = UnitFactory()

    rename(unit=unit, name="乙", on=day("2026-03-14"), why="-", by=UserFactory(), at=late)

    unit.refresh_from_db()
    assert unit.name == "乙"
