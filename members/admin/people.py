"""Contacts of units, and the people who act for units in the portal."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from members.admin.forms import ContactForm
from members.admin.recorded import Recorded
from members.admin.sheets import ExcelMixin
from members.models import Contact, Representative
from members.sheets.contacts import ContactSheet


@admin.register(Contact)
class ContactAdmin(ExcelMixin, ModelAdmin):
    excel = ContactSheet
    form = ContactForm
    list_display = ["name", "unit", "purposes", "email", "mobile", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["unit"]
    show_full_result_count = False
    search_fields = ["name", "email", "mobile", "unit__name"]
    search_help_text = _("Name, e-mail address, mobile or unit")
    autocomplete_fields = ["unit"]
    ordering = ["unit__name", "name", "pk"]
    fields = [
        "unit",
        ("name", "title"),
        "roles",
        ("email", "mobile"),
        "address",
        "is_active",
        "unsubscribed_at",
    ]
    # The person's own wish, given by the link in the mail.
    readonly_fields = ["unsubscribed_at"]

    @display(description=_("contact for"))
    def purposes(self, contact: Contact) -> str:
        return "、".join(str(Contact.Role(role).label) for role in contact.roles)


@admin.register(Representative)
class RepresentativeAdmin(Recorded, ModelAdmin):
    list_display = ["user", "unit", "role", "granted_at", "revoked_at"]
    list_filter = ["role"]
    list_select_related = ["unit", "user"]
    search_fields = ["user__name", "user__email", "unit__name"]
    search_help_text = _("Person, e-mail address or unit")
    autocomplete_fields = ["unit", "user"]
    fields = ["user", "unit", "role", "granted_at", "revoked_at"]
    readonly_fields = ["granted_at"]
    ordering = ["unit__name", "user__name", "pk"]
