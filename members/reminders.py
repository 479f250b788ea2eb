"""催缴: reminding units of notices that are not paid, by rules that staff edit.

Due work is "due by the day and not done": a day on which nobody came round is caught up with the
next time. What became of each rule for each notice is a row, so nothing is sent twice.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, QuerySet
from django.db.models.functions import TruncDate
from django.utils import translation
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from members import dues_letters
from members.days import day_of
from members.dues_letters import Asking
from members.dues_year import missing_of
from members.models import DuesNotice, DuesPayment, DuesReminder, ReminderRule, TransferSlip
from members.standing import History, histories

BATCH = 500
Outcome = DuesReminder.Outcome


def send_due(*, on: dt.date, at: dt.datetime) -> int:
    """Apply every rule that is due by ``on`` and was not applied; returns how many were sent.

    Of several rules due for one notice only the latest is sent. Any number of callers may do this
    at once, and one that is killed is gone on from: each batch is a transaction of its own.
    """
    sent = 0
    while batch := _some(on, at):
        sent += sum(reminder.outcome == Outcome.SENT for reminder in batch)
    return sent


def waiting(on: dt.date) -> QuerySet[DuesNotice]:
    """Notices to which a rule is to be applied by ``on``.

    A reminder for a day on or before that of the notice itself is none.
    """
    day = ExpressionWrapper(OuterRef("due_on") + F("days"), output_field=DateField())
    done = DuesReminder.objects.filter(notice=OuterRef(OuterRef("pk")), rule=OuterRef("pk"))
    due = ReminderRule.objects.alias(day=day).filter(
        ~Exists(done), is_active=True, day__lte=on, day__gt=OuterRef("raised_on")
    )
    notices = DuesNotice.objects.standing()
    zone = get_default_timezone()
    return notices.alias(raised_on=TruncDate("raised_at", tzinfo=zone)).filter(Exists(due))


@transaction.atomic
def _some(on: dt.date, at: dt.datetime) -> list[DuesReminder]:
    """Apply what is due to some notices that nobody else has in hand."""
    chosen = waiting(on).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    pks = [notice.pk for notice in chosen[:BATCH]]
    notices = list(DuesNotice.objects.filter(pk__in=pks).select_related("unit").order_by("pk"))
    reminders = [reminder for case in _cases(notices, on) for reminder in _applied(case, on, at)]
    DuesReminder.objects.bulk_create(reminders)
    _send([each for each in reminders if each.outcome == Outcome.SENT], at)
    return reminders


@dataclass(frozen=True)
class Case:
    """A notice and all that decides about reminding of it."""

    notice: DuesNotice
    due: list[ReminderRule]
    is_overtaken: bool
    missing: Decimal
    is_member: bool
    is_in_hand: bool
    has_address: bool


def _cases(notices: list[DuesNotice], on: dt.date) -> Iterable[Case]:
    rules = list(ReminderRule.objects.all())
    done = _done(notices)
    by_unit = _histories(notices)
    in_hand = _in_hand(notices)
    addresses = dues_letters.addresses_of(notices)
    for notice in notices:
        history = by_unit[notice.unit_id]
        applied = done.get(notice.pk, set())
        due = [rule for rule in rules if rule.pk not in applied and _is_due(rule, notice, on)]
        if due:
            yield Case(
                notice=notice,
                due=due,
                is_overtaken=any(rule.days > due[-1].days for rule in rules if rule.pk in applied),
                missing=missing_of(notice, history, on),
                is_member=history.membership(on) is not None,
                is_in_hand=(notice.unit_id, notice.year) in in_hand,
                has_address=notice.unit_id in addresses,
            )


def _is_due(rule: ReminderRule, notice: DuesNotice, on: dt.date) -> bool:
    raised_on = day_of(notice.raised_at)
    return rule.is_active and raised_on < reminds_on(rule, notice) <= on


def reminds_on(rule: ReminderRule, notice: DuesNotice) -> dt.date:
    return notice.due_on + dt.timedelta(days=rule.days)


def _applied(case: Case, on: dt.date, at: dt.datetime) -> Iterable[DuesReminder]:
    """A row for each rule that is due: the latest as the case is, the earlier ones overtaken."""
    *earlier, latest = case.due
    for rule, outcome in [*((rule, Outcome.OVERTAKEN) for rule in earlier), (latest, None)]:
        yield DuesReminder(
            notice=case.notice,
            rule=rule,
            due_on=reminds_on(rule, case.notice),
            outcome=outcome or _outcome(case, latest, on),
            missing=case.missing,
            decided_at=at,
        )


def _outcome(case: Case, rule: ReminderRule, on: dt.date) -> Outcome:
    if not case.missing:
        return Outcome.PAID
    if not case.is_member:
        return Outcome.ENDED
    if case.is_in_hand:
        return Outcome.IN_HAND
    if case.is_overtaken or (rule.is_before and on > case.notice.due_on):
        return Outcome.OVERTAKEN
    return Outcome.SENT if case.has_address else Outcome.NO_ADDRESS


# --- What decides, for all notices of a batch in a fixed number of queries -----------------------


def _done(notices: list[DuesNotice]) -> dict[int, set[int]]:
    """By the notice's id, the rules that were applied to it."""
    done: dict[int, set[int]] = {}
    rows = DuesReminder.objects.filter(notice__in=notices)
    for notice, rule in rows.values_list("notice_id", "rule_id"):
        done.setdefault(notice, set()).add(rule)
    return done


def _histories(notices: list[DuesNotice]) -> dict[int, History]:
    units = {notice.unit_id: notice.unit for notice in notices}
    since = min((notice.year for notice in notices), default=dt.MAXYEAR)
    return {each.unit.pk: each for each in histories(units.values(), dt.date(since, 1, 1))}


def _in_hand(notices: list[DuesNotice]) -> set[tuple[int, int]]:
    """Units and years of which finance has yet to look at a slip or a payment."""
    units = [notice.unit_id for notice in notices]
    slips = TransferSlip.objects.waiting().filter(unit__in=units)
    payments = DuesPayment.objects.filter(unit__in=units, confirmed_at__isnull=True)
    return {
        *slips.values_list("unit_id", "year"),
        *payments.filter(kind=DuesPayment.Kind.PAYMENT).values_list("unit_id", "year"),
    }


# --- The letters -------------------------------------------------------------------------------


def _send(reminders: list[DuesReminder], at: dt.datetime) -> None:
    notices = [reminder.notice for reminder in reminders]
    with translation.override("zh-hans"):
        asking = [
            Asking(
                row=reminder,
                notice=reminder.notice,
                amount=reminder.missing,
                subject=_("Reminder: the dues of %(year)s") % {"year": reminder.notice.year},
                opening=reminder.rule.opening,
            )
            for reminder in reminders
        ]
    dues_letters.send(asking, dues_letters.addresses_of(notices), at=at)
