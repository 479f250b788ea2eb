"""What the database itself refuses, whatever the code does."""

import pytest
from django.db import IntegrityError, connection, transaction

from services.models import RequestStep, ServiceRequest
from tests.services.factories import AT, ON, asked, delivered, in_hand, offering, paid_up, study

pytestmark = pytest.mark.django_db


def violated(write) -> str:
    """The name of the constraint."""
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        (write(), connection.check_constraints())
    return raised.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"state": "accepted"}, "request_accepted_has_owner"),
        ({"state": "declined"}, "request_ended_has_time"),
        ({"closed_at": AT}, "request_ended_has_time"),
        ({"state": "closed", "closed_at": AT}, "request_delivered_exactly_when_closed"),
        ({"delivered": "已办"}, "request_delivered_exactly_when_closed"),
        ({"rating": 3, "rated_at": AT}, "request_rated_when_closed"),
        ({"due_on": ON}, "request_due_after_filing"),
    ],
)
def test_a_request_is_in_one_piece(fields, name):
    request = asked()

    rows = ServiceRequest.objects.filter(pk=request.pk)

    assert violated(lambda: rows.update(**fields)) == name


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_is_from_one_to_five(rating):
    rows = ServiceRequest.objects.filter(pk=delivered().pk)

    assert violated(lambda: rows.update(rating=rating, rated_at=AT)) == "request_rated_when_closed"


def test_what_exists_once_per_unit_exists_once():
    made, unit = offering(), paid_up()
    for _ in range(2):
        asked(made, unit)
    rows = ServiceRequest.objects.filter(unit=unit)

    assert violated(lambda: rows.update(is_once=True)) == "request_once_per_unit"


def test_a_stage_is_one_of_the_requests_own_service():
    request, foreign = in_hand(), offering("other-service").stages.first()
    rows = ServiceRequest.objects.filter(pk=request.pk)

    assert violated(lambda: rows.update(stage=foreign)) == "request_stage_of_its_offering"


def test_a_note_is_never_told():
    steps = RequestStep.objects.filter(request=asked())

    assert violated(lambda: steps.update(kind="noted")) == "request_step_internal_by_kind"


def test_a_published_study_has_a_person():
    rows = type(study()).objects.all()

    assert violated(lambda: rows.update(published_at=AT)) == "study_published_has_person"
