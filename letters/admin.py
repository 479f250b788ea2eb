"""The door for staff: what was written to whom, and whether it went out."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from letters.models import Letter
from letters.sending import try_again
from letters.tasks import wake

COLOURS = {
    Letter.State.WAITING: "info",
    Letter.State.CLAIMED: "info",
    Letter.State.SENT: "success",
    Letter.State.FAILED: "danger",
}


@admin.register(Letter)
class LetterAdmin(ModelAdmin):
    list_display = ["subject", "to", "stage", "written_at", "sent_at", "reply"]
    list_filter = ["state"]
    search_fields = ["subject", "to"]
    search_help_text = _("Search subjects and addresses")
    date_hierarchy = "written_at"
    fields = ["subject", "to", "text", "attachment_name", "state", "written_at", "sent_at", "reply"]
    readonly_fields = fields
    actions = ["send_again"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @display(description=_("state"), ordering="state", label=COLOURS)
    def stage(self, letter):
        return letter.state, letter.get_state_display()

    @admin.action(description=_("Try the failed ones again"), permissions=["change"])
    def send_again(self, request, queryset):
        count = try_again(queryset, timezone.now())
        wake()
        text = ngettext(
            "%(count)s letter will be tried again.",
            "%(count)s letters will be tried again.",
            count,
        )
        messages.success(request, text % {"count": count})
