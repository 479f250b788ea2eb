"""The services the association offers, as they are delivered."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from benefits.models import BenefitItem
from services import catalogue
from services.models import OfferingQuestion, ServiceOffering
from tests.services.factories import ItemFactory

pytestmark = pytest.mark.django_db


SMALL = """\
- {code: consulting, item: consulting, name: 咨询, summary: 请专家解答, stages: [{name: 解答}]}
"""


def written(folder, text: str):
    path = folder / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_item_of_the_two_groups_has_its_service_in_both_languages():
    call_command("load_charter", verbosity=0)

    catalogue.load()

    offerings = list(ServiceOffering.objects.select_related("benefit_item__group"))
    items = BenefitItem.objects.filter(group__code__in=["media", "other"])
    assert [each.benefit_item for each in offerings] == list(items)
    assert len(offerings) == 16
    assert [each.code for each in offerings if each.is_once] == ["new-member-showcase"]
    for each in offerings:
        roles = list(each.questions.values_list("role", flat=True))
        assert roles.count(OfferingQuestion.Role.TITLE) == 1, each.code
        assert roles.count(OfferingQuestion.Role.TEXT) == each.is_for_bulletin, each.code
        assert each.stages.count() >= 2, each.code
        assert each.target_working_days >= 5, each.code
        words = [each.name_en, each.summary, each.summary_en, each.guidance, each.guidance_en]
        words += each.questions.values_list("label_en", flat=True)
        words += each.stages.values_list("name_en", flat=True)
        assert all(words), each.code


def test_loading_again_changes_nothing_that_staff_edited(tmp_path):
    ItemFactory(code="consulting")
    path = written(tmp_path, SMALL)
    first = catalogue.load(path)
    offering = ServiceOffering.objects.get()
    offering.target_working_days = 3
    offering.save()
    offering.stages.all().delete()

    again = catalogue.load(path)

    offering.refresh_from_db()
    assert (first.added, again.added, again.kept) == (1, 0, 1)
    assert offering.target_working_days == 3
    assert offering.stages.count() == 0


def test_without_the_charter_the_command_says_what_to_do_first():
    with pytest.raises(CommandError, match=r"manage\.py load_charter"):
        call_command("load_offerings")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {code: a, item: nowhere, name: 甲}", "章程里没有权益项 nowhere"),
        ("- {code: a, item: consulting, name: 甲, summary: 乙, colour: red}", "colour"),
        (
            "- {code: a, item: consulting, name: 甲, summary: 乙, questions: [{lable: 问}]}",
            "lable",
        ),
    ],
)
def test_a_fault_in_the_file_is_named_and_nothing_is_loaded(tmp_path, text, said):
    ItemFactory(code="consulting")
    path = written(tmp_path, text)

    with pytest.raises(ValidationError) as raised:
        catalogue.load(path)

    assert said in " ".join(raised.value.messages)
    assert ServiceOffering.objects.count() == 0
