"""联系人与人员: whom the association writes to, and who may sign in for the unit."""

from functools import wraps

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from letters.tasks import wake
from members import contacts, handover, inviting, people
from members.models import Contact, Invitation, LiaisonHandover, Representative
from portal.acting import for_unit
from portal.views.unit import people as people_of
from portal.views.unit import purposes

Outgoing = LiaisonHandover.Outgoing
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def for_carers(view):
    """For the unit's managers and its liaison, who keep its contacts."""
    return _only(people.looks_after, view)


def for_managers(view):
    """For the unit's managers."""
    return _only(people.manages, view)


def _only(may, view):
    @for_unit
    @wraps(view)
    def inner(request, *args, **kwargs):
        if not may(request.user, request.unit):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


def put(form: forms.Form, error: ValidationError) -> None:
    """Each message at its field, where the form has it; else on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)


# --- The page -----------------------------------------------------------------------------------


@require_safe
@for_unit
def unit_people(request):
    """Everybody of the unit: contacts by purpose, people with access, invitations, a hand-over."""
    unit, now = request.unit, timezone.now()
    may_manage = people.manages(request.user, unit)
    context = {
        "purposes": purposes(unit),
        "to_repair": Contact.objects.to_repair().filter(unit=unit).order_by("name", "pk"),
        "people": people_of(unit),
        "may_manage": may_manage,
        "may_care": may_manage or people.looks_after(request.user, unit),
        "invitations": Invitation.objects.open(now).filter(unit=unit) if may_manage else [],
        "handover": LiaisonHandover.objects.filter(unit=unit).select_related("outgoing").first(),
    }
    return render(request, "portal/unit_people.html", context)


# --- Contacts -----------------------------------------------------------------------------------

SHARE = [
    ("", gettext_lazy("not for this")),
    ("main", gettext_lazy("first to be written to")),
    ("deputy", gettext_lazy("deputy")),
]


class ContactForm(forms.ModelForm):
    """A contact; for each purpose whether the person is in charge, the deputy, or neither."""

    class Meta:
        model = Contact
        fields = ["name", "title", "email", "mobile", "address"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for role, label in Contact.Role.choices:
            self.fields[role] = forms.ChoiceField(
                label=label, choices=SHARE, required=False, initial=self._share(role)
            )

    def _share(self, role: str) -> str:
        if role in self.instance.roles:
            return "main"
        return "deputy" if role in self.instance.deputy_roles else ""

    @property
    def about(self):
        return [self[name] for name in self._meta.fields]

    @property
    def purposes(self):
        return [self[role] for role in Contact.Role.values]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        others = Contact.objects.filter(unit=self.instance.unit).exclude(pk=self.instance.pk)
        if email and others.filter(email__iexact=email).exists():
            raise ValidationError(_("The unit already has a contact with this address."))
        return email

    def contact(self) -> Contact:
        """The contact as the form says it is."""
        given = self.cleaned_data
        self.instance.roles = [each for each in Contact.Role.values if given[each] == "main"]
        self.instance.deputy_roles = [
            each for each in Contact.Role.values if given[each] == "deputy"
        ]
        self.instance.is_active = True
        return self.instance


@require_http_methods(["GET", "HEAD", "POST"])
@for_carers
def add_contact(request):
    role = request.GET.get("for", "")
    roles = [role] if role in Contact.Role.values else []
    return contact_form(request, Contact(unit=request.unit, roles=roles))


@require_http_methods(["GET", "HEAD", "POST"])
@for_carers
def contact(request, pk: int):
    """Change a contact, or retire it."""
    row = get_object_or_404(Contact, unit=request.unit, is_active=True, pk=pk)
    if request.POST.get("act") == "retire":
        return retire_contact(request, row)
    return contact_form(request, row)


def contact_form(request, row: Contact):
    form = ContactForm(request.POST or None, instance=row)
    if form.is_valid():
        try:
            contacts.keep(
                contact=form.contact(), by=request.user, why=_("Changed by the unit in the portal")
            )
        except ValidationError as error:
            put(form, error)
        else:
            messages.success(request, _("Saved. The association writes to this person now."))
            return redirect("unit_people")
    kept = Contact.objects.filter(pk=row.pk).first()
    return render(request, "portal/contact.html", {"form": form, "contact": kept})


def retire_contact(request, row: Contact):
    try:
        contacts.retire(contact=row, by=request.user, why=_("Removed by the unit in the portal"))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("contact", row.pk)
    messages.success(
        request, _("The association no longer writes to %(name)s.") % {"name": row.name}
    )
    return redirect("unit_people")


# --- People with access -------------------------------------------------------------------------


class InviteForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Full name"), max_length=60)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The invitation goes there. It is also the name to sign in with."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[
            ("member", gettext_lazy("member: uses the services of the unit")),
            ("manager", gettext_lazy("manager: also looks after contacts and people")),
        ],
        widget=forms.RadioSelect,
        initial="member",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def invite_person(request):
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            invited = inviting.invite(
                unit=request.unit,
                by=request.user,
                at=timezone.now(),
                why=_("Invited by the unit in the portal"),
                **form.cleaned_data,
            )
        except ValidationError as error:
            put(form, error)
        else:
            wake()
            said = _("The invitation is on its way to %(email)s.") % {"email": invited.email}
            messages.success(request, said)
            return redirect("unit_people")
    return render(request, "portal/invite_person.html", {"form": form})


@require_POST
@for_managers
def withdraw_invitation(request, pk: int):
    row = get_object_or_404(Invitation, unit=request.unit, pk=pk)
    why = _("Withdrawn by the unit in the portal")
    try:
        inviting.withdraw(invitation=row, by=request.user, at=timezone.now(), why=why)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return redirect("unit_people")


class RoleForm(forms.Form):
    role = InviteForm.base_fields["role"]


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def person(request, pk: int):
    """A person with access: change the role, or end the access."""
    seats = Representative.objects.active().select_related("user")
    seat = get_object_or_404(seats, unit=request.unit, pk=pk)
    sent = request.POST if request.POST.get("act") == "role" else None
    form = RoleForm(sent, initial={"role": seat.role})
    if request.method == "POST":
        act = {"role": change_role, "remove": remove_person}.get(request.POST.get("act"))
        if act is None:
            raise BadRequest("No known act is named.")
        try:
            done = act(request, seat, form)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            if done:
                messages.success(request, done)
                return redirect("landing" if seat.user == request.user else "unit_people")
    return render(request, "portal/unit_person.html", {"form": form, "seat": seat})


def change_role(request, seat: Representative, form: RoleForm) -> str:
    if not form.is_valid():
        return ""
    why = _("Changed by the unit in the portal")
    people.change_role(seat=seat, role=form.cleaned_data["role"], by=request.user, why=why)
    return _("Changed.")


def remove_person(request, seat: Representative, form: RoleForm) -> str:
    why = _("Removed by the unit in the portal")
    people.remove(seat=seat, by=request.user, at=timezone.now(), why=why)
    return _("%(name)s can no longer sign in for the unit.") % {"name": seat.user}


# --- Hand-over ----------------------------------------------------------------------------------


class HandoverForm(forms.Form):
    """Who follows on whom, and from when."""

    outgoing = forms.ModelChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Liaison until now"),
        empty_label=gettext_lazy("Please choose"),
    )
    afterwards = forms.ChoiceField(
        label=gettext_lazy("What becomes of the liaison until now?"),
        choices=Outgoing.choices,
        widget=forms.RadioSelect,
        initial=Outgoing.STAYS,
    )
    last_day = forms.DateField(label=gettext_lazy("Last day as liaison"), widget=DATE)
    name = forms.CharField(label=gettext_lazy("Successor's full name"), max_length=60)
    email = forms.EmailField(
        label=gettext_lazy("Successor's e-mail address"),
        help_text=gettext_lazy("After the association's approval, the invitation goes there."),
    )
    mobile = forms.CharField(
        label=gettext_lazy("Successor's mobile"), max_length=30, required=False
    )
    title = forms.CharField(
        label=gettext_lazy("Successor's job title"), max_length=60, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("A note for the association (optional)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, liaisons, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outgoing"].queryset = liaisons
        if not liaisons:
            del self.fields["outgoing"], self.fields["afterwards"]
        elif len(liaisons) == 1:
            self.fields["outgoing"].initial = liaisons[0]


@require_http_methods(["GET", "HEAD", "POST"])
@for_carers
def liaison_handover(request):
    now = timezone.now()
    liaisons = Contact.objects.with_role(Contact.Role.LIAISON).filter(unit=request.unit)
    form = HandoverForm(
        request.POST or None, liaisons=liaisons, initial={"last_day": timezone.localdate(now)}
    )
    if form.is_valid():
        given = {"outgoing": None, "afterwards": Outgoing.STAYS} | form.cleaned_data
        try:
            handover.ask(unit=request.unit, by=request.user, at=now, **given)
        except ValidationError as error:
            put(form, error)
        else:
            messages.success(
                request, _("Sent. The association approves it and then invites the successor.")
            )
            return redirect("unit_people")
    return render(request, "portal/handover.html", {"form": form})


@require_POST
@for_carers
def withdraw_handover(request):
    row = get_object_or_404(LiaisonHandover.objects.open(), unit=request.unit)
    try:
        handover.withdraw(handover=row, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The hand-over is withdrawn. Nothing has changed."))
    return redirect("unit_people")
