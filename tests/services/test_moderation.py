"""Members' news: sent in once, edited, accepted or given back."""

import pytest
from django.core.exceptions import ValidationError

from letters.models import Letter
from news.models import NewsSubmission
from services import asking, moderation
from services.models import ServiceRequest
from tests.services.factories import AT, answers_to, asked, delivered, in_hand, offering, staff

pytestmark = pytest.mark.django_db

State = ServiceRequest.State


@pytest.fixture
def text():
    """A text that a unit sent in."""
    return asked(offering("member-news", is_for_bulletin=True), title="新矿投产", text="三月投产。")


def test_a_text_is_accepted_as_edited(text):
    editor = staff()

    news = moderation.approve(
        request=text, title=" 某矿 投产 ", body="三月九日投产。", by=editor, at=AT
    )

    text.refresh_from_db()
    assert (news.title, news.body) == ("某矿 投产", "三月九日投产。")
    assert (news.unit, news.item) == (text.unit, text.offering.benefit_item)
    assert (news.filed_on, news.accepted_at, news.accepted_by) == (text.filed_on, AT, editor)
    assert (text.state, text.news) == (State.CLOSED, news)
    assert text.delivered == "稿件《某矿 投产》已采用，将编入会刊。"
    assert Letter.objects.latest("pk").subject == "贵单位的稿件已采用，S2026-0001：新矿投产"


def test_what_was_sent_in_is_where_the_editor_begins(text):
    assert moderation.sent_in(text) == {"title": "新矿投产", "body": "三月投产。"}


def test_a_text_is_accepted_once(text):
    moderation.approve(request=text, title="题", body="文", by=staff(), at=AT)

    with pytest.raises(ValidationError) as raised:
        moderation.approve(request=text, title="题", body="文", by=staff(), at=AT)

    assert raised.value.code == "state"
    assert NewsSubmission.objects.count() == 1


@pytest.mark.parametrize(("title", "body"), [("", "文"), ("题", " "), ("题" * 201, "文")])
def test_a_text_without_title_or_words_is_not_accepted(text, title, body):
    with pytest.raises(ValidationError):
        moderation.approve(request=text, title=title, body=body, by=staff(), at=AT)

    text.refresh_from_db()
    assert text.state == State.SUBMITTED
    assert not NewsSubmission.objects.exists()


def test_a_text_given_back_is_corrected_and_accepted(text):
    moderation.return_for_completion(request=text, question="请写明日期", by=staff(), at=AT)
    text.refresh_from_db()
    assert text.state == State.WAITING_FOR_UNIT

    answers = answers_to(text.offering, title="新矿投产", text="三月九日投产。")
    asking.amend(request=text, answers=answers, by=text.asked_by, at=AT)
    news = moderation.approve(request=text, **moderation.sent_in(text), by=staff(), at=AT)

    assert news.body == "三月九日投产。"


def test_a_declined_text_is_not_published(text):
    moderation.decline(request=text, reason="已有报道", by=staff(), at=AT)

    text.refresh_from_db()
    assert text.state == State.DECLINED
    assert not NewsSubmission.objects.exists()


def test_other_services_have_no_texts_for_the_bulletin():
    request, by = in_hand(), {"by": staff(), "at": AT}

    for verb, words in [
        (moderation.approve, {"title": "题", "body": "文"}),
        (moderation.return_for_completion, {"question": "问"}),
        (moderation.decline, {"reason": "因"}),
    ]:
        with pytest.raises(ValidationError) as raised:
            verb(request=request, **words, **by)
        assert raised.value.code == "not_for_bulletin"


def test_a_delivered_request_is_no_longer_a_text_to_accept():
    request = delivered(asked(offering("member-news", is_for_bulletin=True)))

    with pytest.raises(ValidationError) as raised:
        moderation.approve(request=request, title="题", body="文", by=staff(), at=AT)

    assert raised.value.code == "state"
