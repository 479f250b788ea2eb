"""会议: what is announced, and how many people the unit may send free of charge."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from benefits.entitlement import Entitlement, entitlements_on
from benefits.models import Medium
from events.models import Event
from portal.acting import for_unit
from portal.figures import figure

PAST_SHOWN = 20


@dataclass(frozen=True)
class Line:
    event: Event
    answer: Entitlement

    @property
    def words(self) -> str:
        """贵单位可免费派 5 人."""
        answer = self.answer
        if not answer.entitled:
            return _("No free seats for your unit")
        if answer.medium == Medium.SEAT and answer.quantity is not None:
            return ngettext(
                "Your unit may send %(n)s person free of charge",
                "Your unit may send %(n)s people free of charge",
                answer.quantity,
            ) % {"n": answer.quantity}
        shown = figure(answer)
        return f"{shown.text} · {shown.note}" if shown.note else shown.text


@require_safe
@for_unit
def events(request):
    today = timezone.localdate()
    announced = Event.objects.announced().select_related("series__benefit_item__group")
    coming = list(announced.not_over(today).order_by("starts_on", "pk"))
    past = announced.filter(ends_on__lt=today).order_by("-starts_on", "pk")[:PAST_SHOWN]
    context = {"coming": judged(request.unit, coming), "past": past}
    return render(request, "portal/events.html", context)


def judged(unit, coming: list[Event]) -> list[Line]:
    """Each event with the unit's right at its first day."""
    questions = [(event.series.benefit_item, event.starts_on) for event in coming]
    return [
        Line(event, answer)
        for event, answer in zip(coming, entitlements_on(unit, questions), strict=True)
    ]
