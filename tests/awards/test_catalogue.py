"""The four awards of the charter load from one file, once."""

from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from awards import catalogue
from awards.models import Award
from tests.awards.factories import ItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def items():
    entries = yaml.safe_load(catalogue.FILE.read_text(encoding="utf-8"))
    return [ItemFactory(code=entry["item"]) for entry in entries]


def test_four_awards_each_with_its_item(items):
    out = StringIO()

    call_command("load_awards", stdout=out)

    assert out.getvalue() == "奖项：新增4个，已有0个。\n"
    assert [(award.name, award.benefit_item) for award in Award.objects.all()] == [
        ("李四光地质科学奖", items[0]),
        ("中国专利奖", items[1]),
        ("杰出工程师", items[2]),
        ("技术成果鉴定（推荐）", items[3]),
    ]


def test_every_award_has_its_texts_in_both_languages(items):
    catalogue.load()

    for award in Award.objects.all():
        assert all((award.name_en, award.description, award.description_en))


def test_loading_again_leaves_staffs_texts_alone(items):
    catalogue.load()
    Award.objects.filter(code="china-patent-award").update(description="改过的说明")

    loaded = catalogue.load()

    assert (loaded.added, loaded.kept) == (0, 4)
    assert Award.objects.get(code="china-patent-award").description == "改过的说明"


def test_without_the_charter_it_says_what_to_do_first():
    with pytest.raises(CommandError) as caught:
        call_command("load_awards")

    assert str(caught.value).endswith("请先载入章程：manage.py load_charter")
    assert Award.objects.count() == 0
