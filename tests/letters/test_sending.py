"""Letters go out over a real conversation; none is lost, and each says what became of it."""

import datetime as dt
import threading

import pytest
from django.db import connection

from letters.models import Letter
from letters.sending import claim, send_due, try_again
from letters.writing import Enclosure, write
from tests.publications.mailing import Sink

AT = dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
State = Letter.State


@pytest.fixture
def sink(tmp_path, settings):
    """A mail server to which the settings point."""
    sink = Sink(tmp_path)
    sink.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_TIMEOUT = 2
    settings.DELIVERY_RETRY_DELAYS = [60, 300]
    yield sink
    sink.stop()


def letter(to: str = "zhang@unit.example", **fields) -> Letter:
    return write(to=to, subject="报名成功", text="请准时到会。", at=AT, **fields)


@pytest.mark.django_db
def test_a_letter_goes_out_once(sink):
    written = letter()

    assert [send_due(AT), send_due(AT)] == [1, 0]

    written.refresh_from_db()
    assert (written.state, written.sent_at, written.token) == (State.SENT, AT, None)
    assert sink.taken() == [(written.to, written.message_id)]


@pytest.mark.django_db
def test_line_breaks_in_a_subject_become_spaces(mailoutbox):
    write(to="a@unit.example", subject="一次\r\nBcc: all@unit.example", text="。", at=AT)

    send_due(AT)

    assert [(mail.subject, mail.bcc) for mail in mailoutbox] == [("一次 Bcc: all@unit.example", [])]


@pytest.mark.django_db
def test_what_is_enclosed_arrives_as_it_was(mailoutbox):
    letter(enclosed=Enclosure("会议.ics", "text/calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))

    send_due(AT)

    [mail] = mailoutbox
    assert mail.attachments == [
        ("会议.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar")
    ]


@pytest.mark.django_db
def test_a_refused_address_fails_for_good_and_the_others_go_out(sink):
    sink.restart({"at": "rcpt", "to": "gone@", "do": "550 no such user"})
    gone, there = letter("gone@unit.example"), letter("there@unit.example")

    send_due(AT)

    gone.refresh_from_db()
    assert (gone.state, gone.reply) == (State.FAILED, "no such user")
    assert sink.taken() == [(there.to, there.message_id)]


@pytest.mark.django_db
def test_an_overloaded_server_is_asked_again_later(sink):
    sink.restart({"at": "rcpt", "do": "450 later", "times": 1})
    written = letter()

    assert send_due(AT) == 1
    written.refresh_from_db()
    assert (written.state, written.due_at) == (State.WAITING, AT + MINUTE)

    assert [send_due(AT), send_due(AT + MINUTE)] == [0, 1]
    written.refresh_from_db()
    assert written.state == State.SENT


@pytest.mark.django_db
def test_a_server_that_stays_away_is_given_up_in_the_end_and_tried_again_by_a_person(sink):
    sink.stop()
    written = letter()
    at = AT
    for _try in range(3):
        send_due(at)
        written.refresh_from_db()
        at = written.due_at

    assert (written.state, written.attempts) == (State.FAILED, 3)
    sink.start()
    assert try_again(Letter.objects.all(), at) == 1
    send_due(at)
    assert sink.recipients() == [written.to]


@pytest.mark.django_db
def test_a_conversation_cut_after_the_content_repeats_with_the_same_message_id(sink):
    sink.restart({"at": "end", "do": "cut", "taken": True, "times": 1})
    first, second = letter(), letter("li@unit.example")

    send_due(AT)
    send_due(AT + MINUTE)

    assert sink.taken() == [
        (first.to, first.message_id),
        (second.to, second.message_id),
        (first.to, first.message_id),
    ]


@pytest.mark.django_db
def test_letters_of_a_killed_sender_are_picked_up_when_its_claim_is_over(settings, mailoutbox):
    settings.EMAIL_TIMEOUT = 1
    written = letter()
    assert claim(AT) == [written]

    assert send_due(AT) == 0
    assert send_due(AT + dt.timedelta(seconds=21)) == 1
    assert [mail.to for mail in mailoutbox] == [[written.to]]


@pytest.mark.django_db(transaction=True)
def test_two_senders_never_take_the_same_letter():
    for number in range(40):
        letter(f"r{number}@unit.example")
    start, taken = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        taken.extend(each.pk for each in claim(AT))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(taken) == sorted(Letter.objects.values_list("pk", flat=True))
