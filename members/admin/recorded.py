"""The page behind “History”: what the database recorded, in place of Django's own log."""

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from members.history import history_of, history_of_unit
from members.models import MemberUnit


class Recorded:
    """A `ModelAdmin` of a recorded model: who changed what, when and why, the newest first."""

    def history_view(self, request, object_id, extra_context=None):
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        start = request.GET.get("from", "")
        entries, more = self._history(row, int(start) if start.isdecimal() else 0)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was recorded: %(row)s") % {"row": row},
            "opts": self.opts,
            "object": row,
            "entries": entries,
            "more": more,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/members/history.html", context)

    def _history(self, row: Model, start: int):
        read = history_of_unit if isinstance(row, MemberUnit) else history_of
        return read(row, start=start)
