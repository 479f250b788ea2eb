"""What changes a unit as a whole: another name, a merger, a duplicate; and who looks after it."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from letters.tasks import wake
from members import folding, handover, inviting, merging
from members.admin.asking import address_of, page, put
from members.duplicates import MOST, candidates
from members.models import Contact, LiaisonHandover, MemberUnit, Representative, UnitMerger
from members.renaming import NameTaken, rename


def units_to_choose(**kwargs) -> forms.ModelChoiceField:
    """A unit, found by name, former name or code while typing."""
    column = UnitMerger._meta.get_field("into")
    return forms.ModelChoiceField(
        MemberUnit.objects.genuine(),
        widget=AutocompleteSelect(column, admin.site, attrs={"data-width": "100%"}),
        **kwargs,
    )


class RenameForm(forms.Form):
    name = forms.CharField(label=_("new name"), max_length=120, widget=UnfoldAdminTextInputWidget)
    on = forms.DateField(label=_("first day of the new name"), widget=UnfoldAdminSingleDateWidget)
    why = forms.CharField(
        label=_("resolution or reason"), max_length=200, widget=UnfoldAdminTextInputWidget
    )


class MergeForm(forms.Form):
    into = units_to_choose(
        label=_("merged into"), help_text=_("It goes on and keeps its own tier and seats.")
    )
    on = forms.DateField(
        label=_("last day of its own membership"), widget=UnfoldAdminSingleDateWidget
    )
    resolution = forms.CharField(
        label=_("resolution or reason"), max_length=200, widget=UnfoldAdminTextInputWidget
    )
    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(),
        label=_("contacts that go along"),
        help_text=_("The association writes to the others no more."),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    people = forms.ModelMultipleChoiceField(
        Representative.objects.none(),
        label=_("people who may also act for the other unit"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args, unit: MemberUnit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contacts"].queryset = unit.contacts.filter(is_active=True)
        seats = Representative.objects.active().filter(unit=unit).select_related("user")
        self.fields["people"].queryset = seats
        self.fields["people"].label_from_instance = lambda seat: f"{seat.user} {seat.user.email}"
        self.fields["contacts"].label_from_instance = lambda each: f"{each} {each.email}"
        for name in ("contacts", "people"):
            if not self.fields[name].queryset:
                self.fields[name].widget = forms.MultipleHiddenInput()


class FoldForm(forms.Form):
    """What the kept row takes from the duplicate: of the fields that differ."""

    take = forms.MultipleChoiceField(
        label=_("take from the duplicate"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    why = forms.CharField(
        label=_("how you know that they are one"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args, kept: MemberUnit, duplicate: MemberUnit, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = [_compared(name, kept, duplicate) for name in folding.FIELDS]
        differing = [row for row in self.rows if row["own"] != row["other"] and row["other"]]
        self.fields["take"].choices = [
            (row["name"], f"{row['label']}：{row['other']}") for row in differing
        ]
        if not differing:
            del self.fields["take"]


def _compared(name: str, kept: MemberUnit, duplicate: MemberUnit) -> dict:
    shown = "get_kind_display" if name == "kind" else name
    own, other = (getattr(unit, shown) for unit in (kept, duplicate))
    return {
        "name": name,
        "label": MemberUnit._meta.get_field(name).verbose_name,
        "own": own() if callable(own) else own,
        "other": other() if callable(other) else other,
    }


class ChooseForm(forms.Form):
    duplicate = units_to_choose(label=_("the duplicate"))


class InviteForm(forms.Form):
    name = forms.CharField(label=_("full name"), max_length=60, widget=UnfoldAdminTextInputWidget)
    email = forms.EmailField(label=_("e-mail address"), widget=UnfoldAdminEmailInputWidget)
    role = forms.ChoiceField(
        label=_("role"), choices=Representative.Role.choices, widget=UnfoldAdminSelectWidget
    )
    why = forms.CharField(label=_("why"), max_length=200, widget=UnfoldAdminTextInputWidget)


class HandoverForm(forms.Form):
    outgoing = forms.ModelChoiceField(
        Contact.objects.none(),
        label=_("liaison until now"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    afterwards = forms.ChoiceField(
        label=_("the liaison until now"),
        choices=LiaisonHandover.Outgoing.choices,
        widget=UnfoldAdminSelectWidget,
    )
    last_day = forms.DateField(label=_("last day"), widget=UnfoldAdminSingleDateWidget)
    name = forms.CharField(
        label=_("successor's full name"), max_length=60, widget=UnfoldAdminTextInputWidget
    )
    email = forms.EmailField(
        label=_("successor's e-mail address"), widget=UnfoldAdminEmailInputWidget
    )
    mobile = forms.CharField(
        label=_("successor's mobile"),
        max_length=30,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    title = forms.CharField(
        label=_("successor's job title"),
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    note = forms.CharField(
        label=_("note"), max_length=1000, required=False, widget=UnfoldAdminTextareaWidget
    )


class UnitChanges:
    """The acts of a unit's page, and the list of possible duplicates, for `MemberUnitAdmin`."""

    def has_rename_permission(self, request, object_id=None) -> bool:
        return self.has_change_permission(request)

    def has_merge_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.merge_units")

    def has_invite_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.add_invitation")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """An old link to a duplicate leads to the unit that was kept."""
        found = MemberUnit.objects.filter(pk=object_id, duplicate_of__isnull=False)
        folded = found.first() if str(object_id).isdecimal() else None
        if folded and self.has_view_permission(request):
            said = _("This unit was entered twice; here is the row that was kept.")
            self.message_user(request, said, messages.INFO)
            return redirect(address_of(folded.duplicate_of))
        return super().change_view(request, object_id, form_url, extra_context)

    def _unit(self, object_id) -> MemberUnit:
        return get_object_or_404(MemberUnit.objects.genuine(), pk=object_id)

    # --- Another name ---

    @action(description=_("Rename"), url_path="rename", permissions=["rename"], icon="edit")
    def rename(self, request, object_id):
        unit = self._unit(object_id)
        form = RenameForm(request.POST or None, initial={"on": timezone.localdate()})
        taken = None
        if form.is_valid() and "sure" in request.POST:
            try:
                rename(unit=unit, by=request.user, at=timezone.now(), **form.cleaned_data)
            except ValidationError as error:
                put(form, error)
                taken = error.unit if isinstance(error, NameTaken) else None
            else:
                self.message_user(request, _("Renamed."), messages.SUCCESS)
                return redirect(address_of(unit))
        return page(
            self,
            request,
            row=unit,
            form=form,
            title=_("Rename the unit"),
            template="admin/members/rename.html",
            is_preview=form.is_bound and form.is_valid(),
            taken=taken,
        )

    # --- A merger ---

    @action(
        description=_("Merge into another"), url_path="merge", permissions=["merge"], icon="merge"
    )
    def merge(self, request, object_id):
        unit = self._unit(object_id)
        form = MergeForm(request.POST or None, unit=unit, initial={"on": timezone.localdate()})
        sides = None
        if form.is_valid():
            facts = form.cleaned_data | {
                "absorbed": unit,
                "by": request.user,
                "at": timezone.now(),
            }
            try:
                if "sure" in request.POST:
                    merging.merge(**facts)
                    self.message_user(request, _("The merger is recorded."), messages.SUCCESS)
                    return redirect(address_of(facts["into"]))
                sides = merging.preview(**facts)
            except ValidationError as error:
                put(form, error)
        return page(
            self,
            request,
            row=unit,
            form=form,
            title=_("Merge the unit into another"),
            template="admin/members/merge.html",
            sides=sides,
        )

    # --- A duplicate ---

    @action(
        description=_("Possible duplicates"),
        url_path="duplicates",
        permissions=["merge"],
        icon="content_copy",
    )
    def duplicates(self, request):
        found = candidates()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Possible duplicates"),
            "opts": self.opts,
            "candidates": found,
            "is_cut": len(found) == MOST,
        }
        return TemplateResponse(request, "admin/members/duplicates.html", context)

    @action(
        description=_("Fold a duplicate into it"),
        url_path="fold",
        permissions=["merge"],
        icon="content_copy",
    )
    def fold(self, request, object_id):
        """Choose the other row; compare both; see what moves; then do it."""
        kept = self._unit(object_id)
        choice = ChooseForm(request.GET or None)
        if not choice.is_valid():
            title = _("Fold a duplicate into this unit")
            return page(self, request, row=kept, form=choice, title=title, method="get")
        return self._fold(request, kept, choice.cleaned_data["duplicate"])

    def _fold(self, request, kept: MemberUnit, duplicate: MemberUnit):
        form = FoldForm(request.POST or None, kept=kept, duplicate=duplicate)
        shown = None
        try:
            shown = folding.preview(kept=kept, duplicate=duplicate, on=timezone.localdate())
            if form.is_valid():
                folding.fold(
                    kept=kept,
                    duplicate=duplicate,
                    take=tuple(form.cleaned_data.get("take", ())),
                    why=form.cleaned_data["why"],
                    by=request.user,
                    at=timezone.now(),
                )
                said = _("Folded: everything is with this unit now.")
                self.message_user(request, said, messages.SUCCESS)
                return redirect(address_of(kept))
        except ValidationError as error:
            form.errors  # noqa: B018 an unbound form takes no errors before it has some of its own
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        return page(
            self,
            request,
            row=kept,
            form=form,
            title=_("Fold a duplicate into this unit"),
            template="admin/members/fold.html",
            duplicate=duplicate,
            preview=shown,
            stops=[(stop, link_to(stop.row)) for stop in shown.outcome.stops] if shown else [],
        )

    # --- People ---

    @action(
        description=_("Invite a person"),
        url_path="invite",
        permissions=["invite"],
        icon="person_add",
    )
    def invite(self, request, object_id):
        unit = self._unit(object_id)
        form = InviteForm(request.POST or None)
        act = inviting.invite
        return self._asked(request, unit, form, _("Invite a person"), act, _("Invited."))

    @action(
        description=_("Hand over the liaison's work"),
        url_path="hand-over",
        permissions=["invite"],
        icon="swap_horiz",
    )
    def hand_over(self, request, object_id):
        unit = self._unit(object_id)
        form = HandoverForm(request.POST or None, initial={"last_day": timezone.localdate()})
        liaisons = Contact.objects.with_role(Contact.Role.LIAISON).filter(unit=unit)
        form.fields["outgoing"].queryset = liaisons
        form.fields["outgoing"].initial = liaisons.first()
        said = _("Recorded. It waits to be approved.")
        title = _("Hand over the liaison's work")
        return self._asked(request, unit, form, title, handover.ask, said)

    def _asked(self, request, unit: MemberUnit, form, title, act, said):
        if form.is_valid():
            try:
                act(unit=unit, by=request.user, at=timezone.now(), **form.cleaned_data)
            except ValidationError as error:
                put(form, error)
            else:
                wake()
                self.message_user(request, said, messages.SUCCESS)
                return redirect(address_of(unit))
        return page(self, request, row=unit, form=form, title=title)


def link_to(row) -> str:
    """The row's page, where it has one."""
    try:
        return address_of(row)
    except NoReverseMatch:
        return ""
