"""From questions to a form, and from answers back to words. The rows need no database."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from awards.models import CycleQuestion
from cases.questions import Kind, QuestionForm, name_of, shown


def question(pk: int = 1, **fields) -> CycleQuestion:
    return CycleQuestion(pk=pk, **({"label": "项目名称", "kind": Kind.SHORT} | fields))


def form(asked: CycleQuestion, text: str, **options) -> QuestionForm:
    return QuestionForm([asked], data={name_of(asked.pk): text}, **options)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (Kind.SHORT, " 深部找矿 ", "深部找矿"),
        (Kind.LONG, "第一行\r\n第二行", "第一行\r\n第二行"),
        (Kind.NUMBER, "1600.50", "1600.50"),
        (Kind.NUMBER, "-3", "-3"),
        (Kind.DATE, "2026-06-30", "2026-06-30"),
        (Kind.CHOICE, "甲", "甲"),
        (Kind.YES_NO, "no", "no"),
    ],
)
def test_what_is_typed_is_kept(kind, typed, kept):
    filled = form(question(kind=kind, choices="甲\n乙"), typed)

    assert filled.is_valid(), filled.errors
    assert filled.answers() == {1: kept}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Kind.SHORT, "长" * 201),
        (Kind.SHORT, "\x00"),
        (Kind.LONG, "长" * 5001),
        (Kind.NUMBER, "一千"),
        (Kind.NUMBER, "NaN"),
        (Kind.NUMBER, "1e999"),
        (Kind.DATE, "2026-02-30"),
        (Kind.CHOICE, "丙"),
        (Kind.YES_NO, "maybe"),
        (Kind.SHORT, ""),
    ],
)
def test_what_does_not_fit_is_said_at_the_question(kind, typed):
    filled = form(question(kind=kind, choices="甲\n乙"), typed)

    assert list(filled.errors) == ["question_1"]


def test_a_draft_may_leave_anything_empty_but_holds_nothing_that_does_not_fit():
    assert form(question(), "", draft=True).is_valid()
    assert not form(question(kind=Kind.DATE), "明天", draft=True).is_valid()


def test_an_earlier_answer_stands_in_the_form():
    filled = QuestionForm([question(kind=Kind.DATE)], answers={1: "2026-06-30"})

    assert 'value="2026-06-30"' in str(filled)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Kind.YES_NO, "yes", "是"),
        (Kind.YES_NO, "", ""),
        (Kind.DATE, "2026-06-30", "2026年6月30日"),
        (Kind.SHORT, "甲", "甲"),
    ],
)
def test_an_answer_in_words(kind, text, words):
    with translation.override("zh-hans"):
        assert shown(question(kind=kind), text) == words


def test_the_question_in_the_readers_language():
    asked = question(label_en="Name of the project")

    with translation.override("en"):
        assert asked.in_words == "Name of the project"
    with translation.override("zh-hans"):
        assert asked.in_words == "项目名称"


def test_a_choice_needs_choices():
    with pytest.raises(ValidationError) as refused:
        question(kind=Kind.CHOICE, choices="只有一个\n\n").clean()

    assert list(refused.value.message_dict) == ["choices"]
