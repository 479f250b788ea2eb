"""The services the association offers, as they are delivered."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from benefits.models import BenefitItem
from services import catalogue
from services.models import OfferingQuestion, ServiceOffering

pytestmark = pytest.mark.django_db


@pytest.fixture
def charter(db):
    call_command("load_charter", verbosity=0)


def test_every_item_of_the_two_groups_has_its_service(charter, capsys):
    call_command("load_catalogue")

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


def test_every_text_is_there_in_both_languages(charter):
    catalogue.load()

    for each in ServiceOffering.objects.all():
        words = [each.name_en, each.summary, each.summary_en, each.guidance, each.guidance_en]
        words += each.questions.values_list("label_en", flat=True)
        words += each.stages.values_list("name_en", flat=True)
        assert all(words), each.code


def test_loading_again_changes_nothing_that_staff_edited(charter):
    first = catalogue.load()
    offering = ServiceOffering.objects.get(code="consulting")
    offering.target_working_days = 3
    offering.save()
    offering.stages.all().delete()

    again = catalogue.load()

    offering.refresh_from_db()
    assert (first.added, again.added, again.kept) == (16, 0, 16)
    assert offering.target_working_days == 3
    assert offering.stages.count() == 0


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
def test_a_fault_in_the_file_is_named_and_nothing_is_loaded(charter, tmp_path, text, said):
    path = tmp_path / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ValidationError) as raised:
        catalogue.load(path)

    assert said in " ".join(raised.value.messages)
    assert ServiceOffering.objects.count() == 0
