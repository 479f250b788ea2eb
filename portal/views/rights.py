"""权益: what the charter promises the unit, what it has used and has left, and why."""

import datetime as dt

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.entitlement import Basis
from benefits.models import BenefitItem
from events.models import Event
from members.models import Contact, MemberUnit
from members.people import looks_after
from portal.acting import for_unit
from portal.dues import AskedFor, asked_for
from portal.forms import DayForm
from portal.next_steps import expiring, next_steps
from portal.statement import card, sections
from publications.models import Issue
from reports.rows import READERS
from reports.statement import day_in, stated, statement, years

FIRST, LAST = 1990, 2100


@require_safe
@for_unit
def home(request):
    """The statement of a year as of a day. What can be done next is shown for today only."""
    now = timezone.now()
    asked = when(request, timezone.localdate(now))
    on, is_today = asked["on"], asked["is_today"]
    own = statement(request.unit, year=on.year, on=on)
    steps = next_steps(own, now) if is_today else {}
    context = asked | {
        "statement": own,
        "standing": own.standing,
        "sections": sections(own, steps),
        "total": len(own.lines),
        "promised": own.entitled,
        "granted": sum(line.answer.basis == Basis.EXCEPTIONAL_GRANT for line in own.lines),
        "expiring": expiring(own, steps),
        "to_pay": to_pay(request.unit, on) if is_today else [],
        "latest_issue": latest_bulletin(),
        "next_event": next_event(asked["today"]),
        "to_repair": to_repair(request) if is_today else [],
    }
    return render(request, "portal/home.html", context)


@require_safe
@for_unit
def rights_item(request, code: str):
    """One benefit item on a day: its account, its uses, and everything the answer rests on."""
    items = BenefitItem.objects.select_related("group", *READERS)
    item = get_object_or_404(items, code=code)
    now = timezone.now()
    asked = when(request, timezone.localdate(now))
    own = stated(request.unit, asked["on"].year, asked["on"], [item])
    steps = next_steps(own, now) if asked["is_today"] else {}
    shown = card(own.lines[0], steps.get(item.pk))
    context = asked | {"item": item, "statement": own, "card": shown, "answer": shown.answer}
    return render(request, "portal/rights_item.html", context)


def when(request, today: dt.date) -> dict:
    """The day asked about, or the year's day nearest to today, with what selects another."""
    form = DayForm(request.GET)
    year = request.GET.get("year", "")
    on = form.day(today)
    if not request.GET.get("on") and year.isascii() and year.isdigit() and len(year) == 4:
        on = day_in(min(max(int(year), FIRST), LAST), today)
    return {
        "form": form,
        "today": today,
        "on": on,
        "is_today": on == today,
        "years": years(request.unit, on.year, today),
    }


def to_pay(unit: MemberUnit, on: dt.date) -> list[AskedFor]:
    """The notices that are not paid, the earliest day first."""
    open_ones = [each for each in asked_for(unit, on) if each.missing]
    return sorted(open_ones, key=lambda each: each.notice.due_on)


def to_repair(request) -> list[Contact]:
    """Contacts that no e-mail reaches, for those who can give another address."""
    found = list(Contact.objects.to_repair().filter(unit=request.unit).order_by("name", "pk"))
    return found if found and looks_after(request.user, request.unit) else []


def latest_bulletin() -> Issue | None:
    issues = Issue.objects.released().filter(publication__is_mailed=True)
    return issues.select_related("publication").first()


def next_event(today: dt.date) -> Event | None:
    coming = Event.objects.announced().taking_place().not_over(today)
    return coming.order_by("starts_on", "pk").first()
