"""Two applications with one credit code are sent at the same moment: one is taken."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members import applying
from members.applying import send
from members.models import MembershipApplication
from tests.members.applicants import AT, complete

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def together(calls) -> list[str]:
    """What each call came to, in connections of their own, all beginning at the same moment."""
    barrier = Barrier(len(calls))

    def one(call):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            call()
        except ValidationError as error:
            return next(iter(error.error_dict))
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(one, calls))


def test_one_credit_code_is_under_way_once(monkeypatch):
    """Both have looked before either has written: what refuses the second is the database."""
    drafts = [complete() for _ in range(2)]
    looked, look = Barrier(2), applying.refuse_second

    def look_together(*arguments, **named):
        look(*arguments, **named)
        looked.wait(timeout=20)

    monkeypatch.setattr(applying, "refuse_second", look_together)
    outcomes = together([lambda each=each: send(application=each, at=AT) for each in drafts])

    assert sorted(outcomes) == ["credit_code", "sent"]
    assert MembershipApplication.objects.under_way().count() == 1


def test_one_draft_is_sent_once():
    draft = complete()

    def call():
        try:
            send(application=draft, at=AT)
        except ValidationError as error:
            raise ValidationError({"again": error.messages}) from error

    assert sorted(together([call, call])) == ["again", "sent"]
    assert draft.steps.count() == 1
