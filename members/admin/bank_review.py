"""One statement: the sure lines together, the doubtful ones side by side with their candidates."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members import tasks
from members.admin.bank_import import shown
from members.models import BankStatement, LineCandidate, MemberUnit, StatementLine
from members.models.dues import YEAR_RANGE
from members.standing import History
from members.standing_words import yuan
from members.statement_booking import (
    Share,
    Total,
    book,
    book_proposed,
    proposed,
    set_aside,
    take_back,
    take_out,
)
from members.statement_importing import discard, match_again
from members.statement_matching import LOOK_BACK, likely_shares, open_years, unit_histories

State = StatementLine.State
TABS = (
    (State.PROPOSED, gettext_lazy("Sure")),
    (State.DOUBTFUL, gettext_lazy("Doubtful")),
    (State.NOTHING_FOUND, gettext_lazy("No unit found")),
    (State.BOOKED, gettext_lazy("Booked")),
    (State.SET_ASIDE, gettext_lazy("Set aside")),
)
SIDE_BY_SIDE = (State.DOUBTFUL, State.NOTHING_FOUND)
ON_A_PAGE, CARDS_ON_A_PAGE = 100, 10
PARTS = range(1, 5)
OTHER = "other"


def page(admin, request, statement: BankStatement):
    if not admin.has_view_permission(request):
        raise PermissionDenied
    bound = None
    if request.method == "POST":
        answer = act(admin, request, statement)
        if isinstance(answer, HttpResponseRedirect):
            return answer
        bound = answer
    counts = dict(statement.lines.order_by().values_list("state").annotate(Count("pk")))
    state = chosen_tab(request, counts)
    lines = lines_of(statement, state, request.GET)
    context = {
        "title": statement.name,
        "statement": statement,
        "original": statement,
        "tabs": [
            {
                "state": each,
                "label": label,
                "count": counts.get(each, 0),
                "is_current": each == state,
            }
            for each, label in TABS
        ],
        "state": state,
        "lines": lines,
        "unmatched": counts.get(State.UNMATCHED, 0),
        "waiting": sum(counts.get(each, 0) for each in StatementLine.WAITING),
        "is_untouched": not counts.get(State.BOOKED),
        "may_book": may_book(request),
    }
    if state == State.PROPOSED:
        total = proposed(statement)
        context |= {"total": total, "sum": yuan(total.amount)}
    if state in SIDE_BY_SIDE:
        context["cards"] = cards(lines, statement, bound)
    return shown(admin, request, "review", **context)


def may_book(request) -> bool:
    return request.user.has_perm("members.book_line")


def chosen_tab(request, counts: dict[str, int]) -> str:
    """The tab asked for, else the first that has lines."""
    asked = request.GET.get("show")
    known = [each for each, _label in TABS]
    filled = (each for each in known if counts.get(each))
    return asked if asked in known else next(filled, State.PROPOSED)


def lines_of(statement: BankStatement, state: str, asked) -> Page:
    """A page of the statement's lines of one kind; the one that holds line ``asked["line"]``."""
    lines = statement.lines.filter(state=state).order_by("row").select_related("decided_by")
    size = CARDS_ON_A_PAGE if state in SIDE_BY_SIDE else ON_A_PAGE
    if state in SIDE_BY_SIDE:
        lines = lines.prefetch_related("candidates__unit__former_names")
    else:
        lines = lines.prefetch_related("shares__unit", "candidates")
    number = asked.get("p")
    if (pk := asked.get("line", "")).isdecimal() and len(pk) < 18:
        row = statement.lines.filter(pk=pk).values_list("row", flat=True).first()
        number = lines.filter(row__lt=row).count() // size + 1 if row else number
    return Paginator(lines, size).get_page(number)


# --- Side by side ------------------------------------------------------------------------------


@dataclass
class Candidate:
    """One candidate of a line, as it is shown beside it."""

    row: LineCandidate
    owed: list[tuple[int, Decimal]]
    overpaid: list[tuple[int, Decimal]]
    is_member: bool

    @property
    def former(self) -> str:
        return "、".join(name.name for name in self.row.unit.former_names.all())


class LineForm(forms.Form):
    """What a person says about one line: whose dues it is, or why it is none."""

    unit = forms.ChoiceField(required=False)
    other = forms.CharField(max_length=120, required=False)
    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, *args, line: StatementLine, years: list[tuple[int, Decimal]] = (), **kwargs):
        super().__init__(*args, prefix=f"line{line.pk}", **kwargs)
        self.line = line
        self.candidates = list(line.candidates.all())
        self.fields["unit"].choices = [
            *((str(each.unit_id), str(each.unit)) for each in self.candidates),
            (OTHER, OTHER),
        ]
        for part in PARTS:
            year, amount = years[part - 1] if part <= len(years) else (None, None)
            field = {"class": "desk-input", "inputmode": "decimal"}
            self.fields[f"year{part}"] = forms.IntegerField(
                required=False,
                initial=year,
                validators=YEAR_RANGE,
                widget=forms.TextInput(attrs=field | {"size": 5}),
            )
            self.fields[f"amount{part}"] = forms.DecimalField(
                required=False,
                initial=amount,
                max_digits=12,
                decimal_places=2,
                min_value=Decimal("0.01"),
                widget=forms.TextInput(attrs=field | {"size": 10}),
            )
            self.fields[f"unit{part}"] = forms.CharField(
                required=False,
                max_length=120,
                widget=forms.TextInput(attrs={"class": "desk-input"}),
            )

    def parts(self) -> list[dict]:
        """The fields of each part, to be drawn; the first is the main unit's."""
        return [
            {name: self[f"{name}{part}"] for name in ("year", "amount", "unit")} for part in PARTS
        ]

    def shares(self) -> list[Share]:
        """As a person has split the line. Raises ``ValidationError``."""
        main = self.main_unit()
        given = [part for part in PARTS if self.cleaned_data[f"year{part}"]]
        if not given:
            raise ValidationError(_("Enter the year of the dues."))
        shares = []
        for part in given:
            amount = self.cleaned_data[f"amount{part}"]
            if amount is None and len(given) > 1:
                raise ValidationError(_("Enter an amount for each year."))
            named = self.cleaned_data[f"unit{part}"]
            unit = unit_named(named) if named else main
            if unit is None:
                raise ValidationError(_("Choose the unit whose dues these are."))
            amount = self.line.amount if amount is None else amount
            shares.append(Share(unit, self.cleaned_data[f"year{part}"], amount))
        return shares

    def main_unit(self) -> MemberUnit | None:
        chosen, other = self.cleaned_data["unit"], self.cleaned_data["other"]
        if other and chosen in ("", OTHER):
            return unit_named(other)
        found = (each.unit for each in self.candidates if str(each.unit_id) == chosen)
        return next(found, None)


def unit_named(text: str) -> MemberUnit:
    """The one unit with this name, former name or credit code, or a part of a name that is its
    alone. Raises ``ValidationError``."""
    found = list(MemberUnit.objects.meant(text)[:2])
    if len(found) != 1:
        raise ValidationError(
            _("No unit is found by “%(text)s”.") % {"text": text}
            if not found
            else _("Several units are found by “%(text)s”. Enter the credit code.") % {"text": text}
        )
    return found[0]


def cards(lines: Page, statement: BankStatement, bound: LineForm | None) -> list[dict]:
    """Each line with its candidates and the form that decides it; one question for all dues."""
    units = {each.unit_id for line in lines for each in line.candidates.all()}
    if not lines.object_list:
        return []
    known = unit_histories(units, min(line.paid_on.year for line in lines) - LOOK_BACK)
    made = []
    for line in lines:
        candidates = [candidate(row, known[row.unit_id], line) for row in line.candidates.all()]
        form = bound if bound and bound.line.pk == line.pk else None
        years = likely_shares(line, candidates[0].owed if candidates else [])
        made.append(
            {
                "line": line,
                "cells": list(zip(statement.titles, line.cells, strict=False)),
                "candidates": candidates,
                "form": form or LineForm(line=line, years=years),
                "chosen": form["unit"].value() if form else chosen_first(candidates),
            }
        )
    return made


def candidate(row: LineCandidate, history: History, line: StatementLine) -> Candidate:
    dues = open_years(history, line)
    return Candidate(
        row,
        owed=[(year, due) for year, due in dues if due > 0],
        overpaid=[(year, -due) for year, due in dues if due < 0],
        is_member=bool(history.membership(line.paid_on)),
    )


def chosen_first(candidates: list[Candidate]) -> str:
    return str(candidates[0].row.unit_id) if candidates else OTHER


# --- What a button does ------------------------------------------------------------------------


def act(admin, request, statement: BankStatement):
    """Do what the button says; a redirect, or the form with what is wrong about it."""
    if not may_book(request):
        raise PermissionDenied
    deed = {
        "book_all": book_all,
        "again": again,
        "discard": throw_away,
        "take_out": out,
        "take_back": back,
        "book": decide,
        "set_aside": decide,
    }.get(request.POST.get("act"))
    if deed is None:
        return to_tab(request, statement)
    try:
        return deed(admin, request, statement)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return to_tab(request, statement)


def book_all(admin, request, statement: BankStatement):
    booked, changed = book_proposed(
        statement=statement,
        expected=expected(request.POST),
        at=timezone.localtime(),
        by=request.user,
    )
    if booked:
        said = ngettext("%(count)s line booked.", "%(count)s lines booked.", booked)
        messages.success(request, said % {"count": booked})
        admin.log_change(request, statement, said % {"count": booked})
    if changed:
        said = ngettext(
            "%(count)s line is doubtful now: its dues were paid or changed meanwhile.",
            "%(count)s lines are doubtful now: their dues were paid or changed meanwhile.",
            changed,
        )
        messages.warning(request, said % {"count": changed})
    return to_tab(request, statement, show="")


def expected(data) -> Total:
    """What the person saw. Raises ``ValidationError`` where the page did not say it."""
    form = TotalForm(data)
    if not form.is_valid():
        raise ValidationError(_("The proposals have changed meanwhile. Look them over again."))
    return Total(form.cleaned_data["lines"], form.cleaned_data["amount"])


class TotalForm(forms.Form):
    lines = forms.IntegerField()
    amount = forms.DecimalField(max_digits=16, decimal_places=2)


def again(admin, request, statement: BankStatement):
    count = match_again(statement=statement, by=request.user)
    tasks.wake_matching()
    said = ngettext("%(count)s line is matched again.", "%(count)s lines are matched again.", count)
    messages.success(request, said % {"count": count})
    return to_tab(request, statement, show="")


def throw_away(admin, request, statement: BankStatement):
    discard(statement=statement, by=request.user)
    messages.success(request, _("The statement is discarded. Its file can be imported again."))
    return HttpResponseRedirect(reverse("admin:members_bankstatement_changelist"))


def out(admin, request, statement: BankStatement):
    take_out(line=line_of(request, statement), by=request.user)
    messages.success(request, _("The line is among the doubtful ones now."))
    return to_tab(request, statement)


def back(admin, request, statement: BankStatement):
    take_back(line=line_of(request, statement), by=request.user)
    tasks.wake_matching()
    messages.success(request, _("The line is matched again."))
    return to_tab(request, statement)


def decide(admin, request, statement: BankStatement):
    """Book a line or set it aside; what is wrong is said beside it, and nothing typed is lost."""
    line, act = line_of(request, statement), request.POST["act"]
    form = LineForm(request.POST, line=line)
    if not form.is_valid():
        return form
    now = {"at": timezone.localtime(), "by": request.user}
    try:
        if act == "book":
            book(line=line, shares=form.shares(), **now)
            messages.success(request, _("Booked: %(line)s") % {"line": line})
        else:
            set_aside(line=line, reason=form.cleaned_data["reason"], **now)
            messages.success(request, _("Set aside: %(line)s") % {"line": line})
    except ValidationError as error:
        form.add_error(None, error.messages)
        return form
    return to_tab(request, statement)


def line_of(request, statement: BankStatement) -> StatementLine:
    """The statement's line that a button names. Raises ``ValidationError``."""
    pk = request.POST.get("line", "")
    known = pk.isdecimal() and len(pk) < 18
    line = statement.lines.filter(pk=pk).first() if known else None
    if line is None:
        raise ValidationError(_("This line is not there any more."))
    return line


def to_tab(request, statement: BankStatement, show: str | None = None) -> HttpResponseRedirect:
    asked = request.GET.get("show", "") if show is None else show
    place = reverse("admin:members_bankstatement_change", args=[statement.pk])
    is_known = asked in State.values
    return HttpResponseRedirect(f"{place}?show={asked}" if is_known else place)
