"""The dues of 20,000 units: planning and raising a year's notices, reminding, listing arrears."""

import datetime as dt
from collections.abc import Iterator
from time import perf_counter

from django.utils import timezone

from accounts.models import User
from bench.entitled import populate
from bench.measure import Figure, at_most
from letters.models import Letter
from members.arrears import in_arrears
from members.models import Contact, DuesNotice, DuesReminder, MemberUnit, ReminderRule
from members.notices import plan, raise_notices
from members.reminders import send_due

UNITS = 20_000
RAISED_ON = dt.date(2026, 1, 12)
DUE_ON = dt.date(2026, 3, 31)


def figures() -> Iterator[Figure]:
    populate(UNITS)
    Contact.objects.bulk_create(
        Contact(unit=unit, name="财务", roles=["finance"], email=f"f{unit.pk}@unit.example")
        for unit in MemberUnit.objects.all()
    )
    ReminderRule.objects.get_or_create(days=30, defaults={"opening": "请尽快缴纳。"})
    yield of(lambda: plan(2026, RAISED_ON), "dues: plan of a year's notices", 2)
    yield of(raise_all, "dues: notices raised and letters written", 30)
    yield of(raise_all, "dues: raised a second time (nothing)", 2)
    yield of(remind, "dues: reminders a month late", 60)
    yield of(remind, "dues: reminded a second time (nothing)", 2)
    yield of(
        lambda: in_arrears(MemberUnit.objects.all(), dt.date(2026, 11, 25)).count(),
        "dues: units unpaid for two years",
        2,
    )


def raise_all() -> str:
    raised = raise_notices(
        year=2026,
        on=RAISED_ON,
        due_on=DUE_ON,
        by=User.objects.get(),
        at=dt.datetime(2026, 1, 12, 1, tzinfo=dt.UTC),
        why="bench",
    )
    return f"{raised} of {DuesNotice.objects.count()}"


def remind() -> str:
    sent = send_due(on=dt.date(2026, 4, 30), at=timezone.now())
    return f"{sent} sent, {DuesReminder.objects.count()} decided, {Letter.objects.count()} letters"


def of(act, name: str, most: float) -> Figure:
    """Seconds, and what it did."""
    started = perf_counter()
    did = act()
    took = perf_counter() - started
    told = f"{took:.1f} s" + (f", {did}" if isinstance(did, str | int) else "")
    return at_most(name, told, f"{UNITS} units", took, most)
