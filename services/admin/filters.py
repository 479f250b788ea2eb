"""Questions staff ask of the queue, in plain words."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from services.models import ServiceRequest

State = ServiceRequest.State


class WhoseFilter(DropdownFilter):
    title = _("in charge")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", _("mine")), ("nobody", _("nobody yet"))]

    def queryset(self, request, requests):
        if self.value() == "mine":
            return requests.filter(owner=request.user)
        if self.value() == "nobody":
            return requests.filter(owner__isnull=True)
        return requests


class TurnFilter(DropdownFilter):
    title = _("whose turn")
    parameter_name = "turn"

    def lookups(self, request, model_admin):
        return [("staff", _("ours")), ("unit", _("the unit's")), ("ended", _("ended"))]

    def queryset(self, request, requests):
        if self.value() == "staff":
            return requests.waiting_for_staff()
        if self.value() == "unit":
            return requests.filter(state=State.WAITING_FOR_UNIT)
        if self.value() == "ended":
            return requests.exclude(state__in=ServiceRequest.OPEN)
        return requests


class OverdueFilter(DropdownFilter):
    title = _("target day")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("overdue", _("overdue"))]

    def queryset(self, request, requests):
        if self.value() == "overdue":
            return requests.overdue(timezone.localdate())
        return requests
