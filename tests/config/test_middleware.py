"""What holds for every page."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from config.middleware import RefusalsOfTheDatabase, because
from members.models import TierAppointment
from publications.models import Section
from tests.factories import AppointmentFactory, UserFactory, member
from tests.publications.factories import IssueFactory


def violation(act) -> IntegrityError:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    return caught.value


@pytest.mark.django_db
def test_what_the_database_refuses_is_told_in_the_constraints_words():
    first = AppointmentFactory()

    error = violation(
        lambda: TierAppointment.objects.create(
            unit=first.unit, tier=first.tier, term=first.term, starts_on=first.starts_on
        )
    )

    assert because(error) == "该单位在这段时间内已有会员级别，请先为原级别填写最后一天。"


@pytest.mark.django_db
def test_a_constraint_without_words_of_its_own_gives_none():
    issue = IssueFactory()
    Section.objects.create(issue=issue, position=1, title="一")

    def twice():
        Section.objects.create(issue=issue, position=1, title="二")
        transaction.get_connection().check_constraints()

    assert because(violation(twice)) == ""


@pytest.mark.django_db
def test_the_page_answers_409_in_chinese(rf):
    unit = member(joined_on=dt.date(2020, 1, 1))
    error = violation(lambda: AppointmentFactory(unit=unit, starts_on=dt.date(2021, 1, 1)))

    middleware = RefusalsOfTheDatabase(lambda request: None)
    response = middleware.process_exception(rf.post("/"), error)

    assert response.status_code == 409
    assert "没有保存" in response.content.decode()
    assert (
        RefusalsOfTheDatabase(lambda request: None).process_exception(rf.get("/"), ValueError())
        is None
    )


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(reverse("account_login")).status_code == 405


@pytest.mark.django_db
def test_scripts_come_from_us_alone_outside_the_admin(client):
    policy = client.get(reverse("account_login"))["Content-Security-Policy"]

    assert "script-src 'self';" in policy + ";"

    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    policy = client.get(reverse("admin:index"))["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy
