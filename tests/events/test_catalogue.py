"""The series of events load from one file, once."""

from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from events import catalogue
from events.models import EventSeries
from tests.events.factories import ItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def items():
    entries = yaml.safe_load(catalogue.FILE.read_text(encoding="utf-8"))
    return [ItemFactory(code=entry["item"]) for entry in entries]


def test_seven_series_each_with_its_item(items):
    out = StringIO()

    call_command("load_event_series", stdout=out)

    assert out.getvalue() == "会议系列：新增7个，已有0个。\n"
    assert [series.benefit_item for series in EventSeries.objects.all()] == items


def test_loading_again_leaves_staffs_names_alone(items):
    catalogue.load()
    EventSeries.objects.filter(code="innovation-forum").update(name="创新论坛")

    loaded = catalogue.load()

    assert (loaded.added, loaded.kept) == (0, 7)
    assert EventSeries.objects.get(code="innovation-forum").name == "创新论坛"


def test_without_the_charter_it_says_what_to_do_first():
    with pytest.raises(CommandError) as caught:
        call_command("load_event_series")

    assert str(caught.value).endswith("请先载入章程：manage.py load_charter")
    assert EventSeries.objects.count() == 0


def test_one_command_loads_publications_and_series_or_neither(items):
    with pytest.raises(CommandError):
        call_command("load_catalogue", stdout=StringIO())

    assert EventSeries.objects.count() == 0
