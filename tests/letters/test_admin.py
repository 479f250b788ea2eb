import datetime as dt

import pytest
from django.contrib.auth.models import Group

from accounts.roles import load_roles
from letters.models import Letter
from letters.writing import write
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC)
PAGE = "/admin/letters/letter/"


def staff(client, role: str):
    load_roles()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def failed_letter() -> Letter:
    letter = write(to="a@unit.example", subject="报名成功", text="。", at=AT)
    letter.state, letter.reply = Letter.State.FAILED, "no such user"
    letter.save()
    return letter


def test_staff_have_failed_letters_tried_again(client):
    letter = failed_letter()

    answer = staff(client, "member_services").post(
        PAGE, {"action": "send_again", "_selected_action": [letter.pk]}, follow=True
    )

    letter.refresh_from_db()
    assert letter.state == Letter.State.WAITING
    assert [str(said) for said in answer.context["messages"]] == ["1 封信将重新发送。"]


def test_who_only_reads_sees_what_went_wrong_and_changes_nothing(client):
    letter = failed_letter()
    reader = staff(client, "read_only")

    page = reader.get(PAGE)
    reader.post(PAGE, {"action": "send_again", "_selected_action": [letter.pk]})

    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    assert page.content.decode().count("no such user") == 1


def test_the_list_asks_the_same_number_of_questions_for_any_number(
    client, django_assert_num_queries
):
    reader = staff(client, "read_only")
    failed_letter()
    with django_assert_num_queries(9):
        reader.get(PAGE)
    failed_letter(), failed_letter()
    with django_assert_num_queries(9):
        reader.get(PAGE)
