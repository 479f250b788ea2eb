"""Typed questions: from rows that staff edit to a form, and from answers back to words."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models.tiers import english

LONG = 5000
SHORT = 200


class Kind(models.TextChoices):
    """What an answer looks like."""

    SHORT = "short", gettext_lazy("one line")
    LONG = "long", gettext_lazy("several lines")
    NUMBER = "number", gettext_lazy("a figure")
    DATE = "date", gettext_lazy("a date")
    CHOICE = "choice", gettext_lazy("one of several")
    YES_NO = "yes_no", gettext_lazy("yes or no")


class Question(models.Model):
    """A question of a form. ``choices`` is one choice a line. Subclasses say whose form it is."""

    position = models.PositiveSmallIntegerField(gettext_lazy("position"), default=0)
    label = models.CharField(gettext_lazy("question"), max_length=120)
    label_en = models.CharField(gettext_lazy("question in English"), max_length=160, blank=True)
    hint = models.CharField(gettext_lazy("hint"), max_length=200, blank=True)
    hint_en = models.CharField(gettext_lazy("hint in English"), max_length=200, blank=True)
    kind = models.CharField(
        gettext_lazy("kind of answer"), max_length=10, choices=Kind, default=Kind.SHORT
    )
    choices = models.TextField(gettext_lazy("choices, one a line"), blank=True)
    is_required = models.BooleanField(gettext_lazy("must be answered"), default=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """The question in the reader's language."""
        return self.label_en if english() and self.label_en else self.label

    @property
    def hint_in_words(self) -> str:
        return self.hint_en if english() and self.hint_en else self.hint

    def clean(self) -> None:
        """Raises ``ValidationError`` for a choice without choices."""
        super().clean()
        if self.kind == Kind.CHOICE and len(self.options()) < 2:
            raise forms.ValidationError({"choices": _("Write at least two choices, one a line.")})

    def options(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class QuestionForm(forms.Form):
    """The form of a list of questions. ``answers()`` gives its answers as stored texts.

    A draft may leave anything empty; what is filled in must fit its kind.
    """

    def __init__(self, questions, *args, answers: dict[int, str] | None = None, draft=False, **kw):
        initial = {name_of(pk): text for pk, text in (answers or {}).items()}
        super().__init__(*args, initial=initial | (kw.pop("initial", None) or {}), **kw)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[name_of(question.pk)] = field_of(question, draft=draft)

    def answers(self) -> dict[int, str]:
        """Each question's id with its answer as text; empty where not answered."""
        return {
            question.pk: stored(self.cleaned_data.get(name_of(question.pk)))
            for question in self.questions
        }


def name_of(pk: int) -> str:
    """The name of a question's field."""
    return f"question_{pk}"


def field_of(question: Question, *, draft: bool) -> forms.Field:
    """The form field that asks it."""
    said = {
        "label": question.in_words,
        "help_text": question.hint_in_words,
        "required": question.is_required and not draft,
    }
    if question.kind == Kind.LONG:
        area = forms.Textarea(attrs={"rows": 6, "maxlength": LONG})
        return forms.CharField(max_length=LONG, widget=area, **said)
    if question.kind == Kind.NUMBER:
        return forms.DecimalField(max_digits=16, decimal_places=2, **said)
    if question.kind == Kind.DATE:
        return forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **said)
    if question.kind in (Kind.CHOICE, Kind.YES_NO):
        options = question.options() if question.kind == Kind.CHOICE else None
        choices = (
            [(each, each) for each in options] if options else [("yes", _("yes")), ("no", _("no"))]
        )
        return forms.ChoiceField(choices=[("", _("Please choose")), *choices], **said)
    return forms.CharField(max_length=SHORT, **said)


def stored(value) -> str:
    """A cleaned answer as the text that is kept."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def shown(question: Question, text: str) -> str:
    """A kept answer as a person reads it; empty where there is none."""
    if text and question.kind == Kind.YES_NO:
        return _("yes") if text == "yes" else _("no")
    if text and question.kind == Kind.DATE:
        return date_format(dt.date.fromisoformat(text), "DATE_FORMAT")
    return text
