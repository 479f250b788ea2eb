"""Contacts of units, the people who act for units in the portal, and hand-overs between them."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from letters.tasks import wake
from members import handover, inviting, people
from members.addresses import vouch
from members.admin.asking import address_of, page, put
from members.admin.filters import InvitationFilter, RepairFilter
from members.admin.forms import ContactForm
from members.admin.readonly import ReadOnly
from members.admin.recorded import Recorded
from members.admin.sheets import ExcelMixin
from members.models import Contact, Invitation, LiaisonHandover, Representative
from members.sheets.contacts import ContactSheet

State = LiaisonHandover.State


class WhyForm(forms.Form):
    """Of an act that needs nothing but its reason."""

    why = forms.CharField(label=_("why"), max_length=200, widget=UnfoldAdminTextInputWidget)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("reason, for the unit to read"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
    )


class NoteForm(forms.Form):
    answer = forms.CharField(
        label=_("answer to the unit (optional)"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )


class Steps:
    """Acts of a row's page that ask for a fact or two. An activity decides whether it may be."""

    def step(self, request, object_id, form_class, title, act, said, **more):
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        form = form_class(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                act(row, request.user, form.cleaned_data)
            except ValidationError as error:
                put(form, error)
            else:
                wake()
                self.message_user(request, said, messages.SUCCESS)
                return redirect(address_of(row))
        return page(self, request, row=row, form=form, title=title, **more)


@admin.register(Contact)
class ContactAdmin(Steps, ExcelMixin, Recorded, ModelAdmin):
    excel = ContactSheet
    form = ContactForm
    list_display = ["name", "unit", "purposes", "email", "address_state", "mobile", "is_active"]
    list_filter = [RepairFilter, "is_active"]
    list_select_related = ["unit"]
    show_full_result_count = False
    search_fields = ["name", "email", "mobile", "unit__name"]
    search_help_text = _("Name, e-mail address, mobile or unit")
    autocomplete_fields = ["unit"]
    ordering = ["unit__name", "name", "pk"]
    fields = [
        "unit",
        ("name", "title"),
        ("roles", "deputy_roles"),
        ("email", "mobile"),
        "address",
        "is_active",
        "unsubscribed_at",
        ("failed_address", "failed_at"),
        "failure",
    ]
    # The person's own wish, given by the link in the mail; and what mail servers said.
    readonly_fields = ["unsubscribed_at", "failed_address", "failed_at", "failure"]
    actions_detail = ["address_is_right"]

    def has_vouch_permission(self, request, object_id=None) -> bool:
        return self.has_change_permission(request)

    def get_actions_detail(self, request, object_id):
        contact = Contact.objects.filter(pk=object_id).first()
        is_failed = contact and contact.is_address_failed
        return super().get_actions_detail(request, object_id) if is_failed else []

    @action(
        description=_("The address is right"), url_path="address-is-right", permissions=["vouch"]
    )
    def address_is_right(self, request, object_id):
        return self.step(
            request,
            object_id,
            WhyForm,
            _("Write to this address again"),
            lambda row, by, given: vouch(contact=row, by=by, **given),
            _("The address is used again."),
        )

    @display(description=_("contact for"))
    def purposes(self, contact: Contact) -> str:
        deputies = [_("%(purpose)s (deputy)") % {"purpose": each} for each in labels(contact, 1)]
        return "、".join([*labels(contact, 0), *deputies])

    @display(
        description=_("mail"),
        label={"failed": "danger", "unsubscribed": "warning", "": "success"},
    )
    def address_state(self, contact: Contact):
        if contact.is_address_failed:
            return "failed", _("comes back")
        if contact.unsubscribed_at and contact.serves(Contact.Role.BULLETIN):
            return "unsubscribed", _("unsubscribed")
        return None


def labels(contact: Contact, which: int) -> list[str]:
    roles = (contact.roles, contact.deputy_roles)[which]
    return [str(Contact.Role(role).label) for role in roles]


@admin.register(Representative)
class RepresentativeAdmin(Steps, Recorded, ModelAdmin):
    list_display = ["user", "unit", "role", "granted_at", "revoked_at"]
    list_filter = ["role"]
    list_select_related = ["unit", "user"]
    search_fields = ["user__name", "user__email", "unit__name"]
    search_help_text = _("Person, e-mail address or unit")
    autocomplete_fields = ["unit", "user"]
    fields = ["user", "unit", "role", "granted_at", "revoked_at"]
    readonly_fields = ["granted_at", "revoked_at"]
    ordering = ["unit__name", "user__name", "pk"]
    actions_detail = ["end_access"]

    def has_end_permission(self, request, object_id=None) -> bool:
        return self.has_change_permission(request)

    def get_actions_detail(self, request, object_id):
        is_open = Representative.objects.filter(pk=object_id, revoked_at__isnull=True).exists()
        return super().get_actions_detail(request, object_id) if is_open else []

    @action(description=_("End the access"), url_path="end", permissions=["end"], icon="block")
    def end_access(self, request, object_id):
        return self.step(
            request,
            object_id,
            WhyForm,
            _("End the access"),
            lambda row, by, given: people.remove(seat=row, by=by, at=timezone.now(), **given),
            _("The access has ended, keys of programs included."),
        )


@admin.register(Invitation)
class InvitationAdmin(Steps, Recorded, ReadOnly, ModelAdmin):
    when_empty = _("People are invited on the page of their unit.")
    list_display = ["name", "unit", "email", "role", "stage", "invited_at", "invited_by"]
    list_filter = [InvitationFilter]
    list_select_related = ["unit", "invited_by"]
    show_full_result_count = False
    search_fields = ["name", "email", "unit__name"]
    search_help_text = _("Person, e-mail address or unit")
    fields = [
        ("unit", "role"),
        ("name", "email"),
        ("invited_by", "invited_at", "expires_at"),
        ("accepted_by", "accepted_at"),
        ("revoked_by", "revoked_at"),
    ]
    actions_detail = ["withdraw"]

    def has_withdraw_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.change_invitation")

    def get_actions_detail(self, request, object_id):
        is_open = Invitation.objects.open(timezone.now()).filter(pk=object_id).exists()
        return super().get_actions_detail(request, object_id) if is_open else []

    @action(description=_("Withdraw"), url_path="withdraw", permissions=["withdraw"])
    def withdraw(self, request, object_id):
        return self.step(
            request,
            object_id,
            WhyForm,
            _("Withdraw the invitation"),
            lambda row, by, given: inviting.withdraw(
                invitation=row, by=by, at=timezone.now(), **given
            ),
            _("The link no longer works."),
        )

    @display(
        description=_("state"),
        label={"open": "warning", "accepted": "success", "over": "default"},
    )
    def stage(self, invitation: Invitation) -> tuple[str, str]:
        if invitation.accepted_at:
            return "accepted", _("accepted")
        if invitation.revoked_at:
            return "over", _("withdrawn")
        is_open = invitation.expires_at > timezone.now()
        return ("open", _("open")) if is_open else ("over", _("expired"))


@admin.register(LiaisonHandover)
class LiaisonHandoverAdmin(Steps, Recorded, ReadOnly, ModelAdmin):
    """Asked for by the unit, or by staff on the unit's page; decided here."""

    when_empty = _("A unit asks for a hand-over in the portal, or you begin it on the unit's page.")
    list_display = ["unit", "outgoing", "name", "email", "last_day", "stage", "asked_at"]
    list_filter = ["state"]
    list_select_related = ["unit", "outgoing"]
    show_full_result_count = False
    search_fields = ["unit__name", "name", "email"]
    search_help_text = _("Person, e-mail address or unit")
    fields = [
        ("unit", "state"),
        ("outgoing", "afterwards", "last_day"),
        ("name", "title"),
        ("email", "mobile"),
        "note",
        ("asked_by", "asked_at"),
        ("decided_by", "decided_at", "answer"),
        ("invitation", "done_at"),
    ]
    actions_detail = ["approve", "refuse", "invite_again"]

    def has_decide_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.decide_handover")

    def get_actions_detail(self, request, object_id):
        """Only the steps that come next."""
        row = LiaisonHandover.objects.filter(pk=object_id).first()
        steps = {State.WAITING: ("approve", "refuse"), State.APPROVED: ("invite-again",)}
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if row and each.path.endswith(steps.get(row.state, ()))]

    @action(description=_("Approve"), url_path="approve", permissions=["decide"])
    def approve(self, request, object_id):
        return self.step(
            request,
            object_id,
            NoteForm,
            _("Approve the hand-over"),
            lambda row, by, given: handover.approve(
                handover=row, by=by, at=timezone.now(), **given
            ),
            _("Approved. The successor gets an invitation, or has taken over already."),
        )

    @action(description=_("Do not approve"), url_path="refuse", permissions=["decide"])
    def refuse(self, request, object_id):
        return self.step(
            request,
            object_id,
            AnswerForm,
            _("Do not approve the hand-over"),
            lambda row, by, given: handover.refuse(handover=row, by=by, at=timezone.now(), **given),
            _("Recorded. The unit gets a letter with the reason."),
        )

    @action(
        description=_("Send the invitation again"), url_path="invite-again", permissions=["decide"]
    )
    def invite_again(self, request, object_id):
        return self.step(
            request,
            object_id,
            forms.Form,
            _("Send the invitation again"),
            lambda row, by, given: handover.invite_again(handover=row, by=by, at=timezone.now()),
            _("A new link is on its way; the old one no longer works."),
        )

    @display(
        description=_("state"),
        ordering="state",
        label={
            State.WAITING: "warning",
            State.APPROVED: "info",
            State.DONE: "success",
            State.REFUSED: "default",
            State.WITHDRAWN: "default",
        },
    )
    def stage(self, row: LiaisonHandover) -> tuple[str, str]:
        return row.state, row.get_state_display()
