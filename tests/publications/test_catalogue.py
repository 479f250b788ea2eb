"""The publications load from one file, once; staff's edits stay."""

from io import StringIO

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import translation

from publications import catalogue
from publications.models import Publication
from tests.publications.factories import ItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def items():
    codes = [entry["item"] for entry in yaml.safe_load(catalogue.FILE.read_text(encoding="utf-8"))]
    return [ItemFactory(code=code) for code in codes]


def test_twelve_publications_of_which_the_weekly_is_mailed(items):
    loaded = catalogue.load()

    assert (loaded.added, loaded.kept) == (12, 0)
    assert list(Publication.objects.filter(is_mailed=True).values_list("code", "name")) == [
        ("weekly-bulletin", "《中国矿业信息》")
    ]


def test_loading_again_changes_nothing_that_staff_edited(items):
    catalogue.load()
    Publication.objects.filter(code="blue-book").update(is_mailed=True)

    loaded = catalogue.load()

    assert (loaded.added, loaded.kept) == (0, 12)
    assert Publication.objects.get(code="blue-book").is_mailed is True


def test_without_the_charter_it_says_what_to_do_first():
    with pytest.raises(CommandError) as caught:
        call_command("load_publications")

    assert str(caught.value).endswith("请先载入章程：manage.py load_charter")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {code: a, item: weekly-bulletin}", "bad.yaml #1: “name” is missing."),
        (
            "- {code: a, item: weekly-bulletin, name: 甲, colour: x}",
            "bad.yaml #1: “colour” is not known.",
        ),
        ("name: 甲", "bad.yaml: a list of entries is needed."),
    ],
)
def test_a_bad_file_is_refused_and_changes_nothing(items, tmp_path, text, message):
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")

    with translation.override("en"), pytest.raises(ValidationError) as caught:
        catalogue.load(file)

    assert caught.value.messages == [message]
    assert Publication.objects.count() == 0


def test_the_command_says_how_many(items):
    out = StringIO()

    call_command("load_publications", stdout=out)

    assert out.getvalue() == "刊物：新增12种，已有0种。\n"
