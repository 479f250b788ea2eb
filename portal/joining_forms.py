"""The forms of an applicant: they check shape; `members.completeness` says what is missing."""

import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from files.fields import UploadField
from members.applying import FORM_FIELDS, OWN_FIELDS
from members.models import (
    ApplicationFile,
    Contact,
    MembershipApplication,
    MemberUnit,
    SpecialCommittee,
    Tier,
)
from members.models.units import validate_credit_code

PROVINCES = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
]
OTHERS = ("second", "third", "fourth")
PURPOSES = [choice for choice in Contact.Role.choices if choice[0] != Contact.Role.LIAISON]
CHOOSE = ("", _("Please choose"))
CONTACT_FIELDS = ("name", "title", "email", "mobile")


class CreditCode(forms.CharField):
    """Written with blanks, in full-width or small letters: it is the same code."""

    default_validators = [validate_credit_code]

    def to_python(self, value):
        value = unicodedata.normalize("NFKC", super().to_python(value))
        return uscc.compact(value).upper() if value else value


def telephone(label, **kwargs) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.TextInput(attrs={"type": "tel"}), **kwargs
    )


def code_field(**kwargs) -> CreditCode:
    return CreditCode(
        label=_("Unified social credit code"),
        max_length=40,  # with blanks; the code itself has 18
        help_text=_("18 characters, as on the business licence."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        **kwargs,
    )


class BeginForm(forms.Form):
    name = forms.CharField(
        label=_("Full name of the unit"), max_length=120, help_text=_("As on the business licence.")
    )
    credit_code = code_field()
    liaison = forms.CharField(
        label=_("Your name"),
        max_length=60,
        help_text=_("You are the liaison: the person we write to about the application."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("The link to the application goes there."),
    )


class LinkForm(forms.Form):
    credit_code = code_field()
    email = forms.EmailField(
        label=_("E-mail address of the liaison"),
        max_length=254,
        help_text=_("The one given in the application."),
    )


class WithdrawForm(forms.Form):
    note = forms.CharField(
        label=_("Why (optional)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ApplyForm(forms.Form):
    """All an applicant writes. What it began with stays; the rest may wait until it is sent."""

    name = forms.CharField(
        label=_("Full name of the unit"),
        max_length=120,
        help_text=_("As on the business licence."),
    )
    credit_code = code_field()
    kind = forms.ChoiceField(
        label=_("Kind of organisation"), required=False, choices=[CHOOSE, *MemberUnit.Kind.choices]
    )
    province = forms.ChoiceField(
        label=_("Province"), required=False, choices=[CHOOSE, *((each, each) for each in PROVINCES)]
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=200,
        required=False,
        help_text=_("Where letters and parcels reach you."),
    )
    postcode = forms.CharField(label=_("Postcode (optional)"), max_length=10, required=False)
    phone = telephone(_("Telephone"), max_length=40)
    website = forms.URLField(
        label=_("Website (optional)"), max_length=200, required=False, assume_scheme="https"
    )
    introduction = forms.CharField(
        label=_("Introduction (optional)"),
        max_length=2000,
        required=False,
        help_text=_("What the unit does, how large it is; at most 2,000 characters."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    tier = forms.ModelChoiceField(
        Tier.objects.all(),
        label=_("Wished tier"),
        required=False,
        empty_label=CHOOSE[1],
        help_text=_("The council decides."),
    )
    committees = forms.ModelMultipleChoiceField(
        SpecialCommittee.objects.all(),
        label=_("Wished special committees (optional)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    liaison_name = forms.CharField(label=_("Full name"), max_length=60)
    liaison_title = forms.CharField(label=_("Job title (optional)"), max_length=60, required=False)
    liaison_email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        help_text=_("Our letters go there, and the invitation to sign in."),
    )
    liaison_mobile = telephone(_("Mobile"), max_length=30)
    licence = UploadField(
        label=_("Copy of the business licence"),
        required=False,
        help_text=_("PDF or picture, at most 20 MB."),
    )
    stamped_form = UploadField(
        label=_("Stamped application form"),
        required=False,
        help_text=_("Print the form, stamp it, and add a scan or photo; at most 20 MB."),
    )

    def __init__(self, *args, application: MembershipApplication, **kwargs):
        self.application = application
        super().__init__(*args, initial=kept(application), **kwargs)
        for who in OTHERS:
            self.fields |= other_contact(who)

    # --- Its parts, for the page ---

    @property
    def about_unit(self):
        return self._bound(*OWN_FIELDS, *(name for name in FORM_FIELDS if name != "tier"))

    @property
    def wishes(self):
        return self._bound("tier", "committees")

    @property
    def liaison(self):
        return self._bound(*(f"liaison_{name}" for name in CONTACT_FIELDS))

    @property
    def others(self):
        """Each further contact: its fields, and whether to show them at once."""
        parts = [
            self._bound(*(f"{who}_{name}" for name in (*CONTACT_FIELDS, "roles"))) for who in OTHERS
        ]
        return [(fields, any(field.value() for field in fields)) for fields in parts]

    @property
    def materials(self):
        """Each purpose's field with what is held for it."""
        held = list(self.application.files.all())
        return [
            (self[purpose], [file for file in held if file.purpose == purpose])
            for purpose in ApplicationFile.Purpose.values
        ]

    def _bound(self, *names: str) -> list:
        return [self[name] for name in names]

    # --- What it says ---

    def clean(self):
        super().clean()
        data, seen = self.cleaned_data, set()
        for who in ("liaison", *OTHERS):
            email = (data.get(f"{who}_email") or "").lower()
            if email and email in seen:
                self.add_error(f"{who}_email", _("Two contacts have the same e-mail address."))
            seen.add(email)
        for who in OTHERS:
            self._check_other(who)
        return data

    def _check_other(self, who: str) -> None:
        data = self.cleaned_data
        if not any(data.get(f"{who}_{name}") for name in (*CONTACT_FIELDS, "roles")):
            return
        self._say_once(f"{who}_name", _("Enter the name."))
        if f"{who}_roles" in data and not data[f"{who}_roles"]:
            self.add_error(f"{who}_roles", _("Say what the person is the contact for."))
        if Contact.Role.BULLETIN in data.get(f"{who}_roles", ()):
            self._say_once(f"{who}_email", _("A bulletin contact needs an e-mail address."))

    def _say_once(self, name: str, words) -> None:
        """At an empty field that has no error yet."""
        if self.cleaned_data.get(name) == "" and name not in self.errors:
            self.add_error(name, words)

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in (*OWN_FIELDS, *FORM_FIELDS)}

    def contacts(self) -> list[dict]:
        """The people named, the liaison first."""
        people = [self._person("liaison", [Contact.Role.LIAISON.value])]
        people += [self._person(who, self.cleaned_data[f"{who}_roles"]) for who in OTHERS]
        return [person for person in people if person["name"]]

    def _person(self, who: str, roles: list[str]) -> dict:
        data = {name: self.cleaned_data[f"{who}_{name}"] for name in CONTACT_FIELDS}
        return data | {"roles": roles}


def other_contact(who: str) -> dict[str, forms.Field]:
    """The fields of one further contact."""
    return {
        f"{who}_name": forms.CharField(label=_("Full name"), max_length=60, required=False),
        f"{who}_title": forms.CharField(
            label=_("Job title (optional)"), max_length=60, required=False
        ),
        f"{who}_email": forms.EmailField(label=_("Email"), max_length=254, required=False),
        f"{who}_mobile": telephone(_("Mobile"), max_length=30),
        f"{who}_roles": forms.MultipleChoiceField(
            label=_("Contact for"),
            choices=PURPOSES,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
    }


def kept(application: MembershipApplication) -> dict:
    """What the applicant wrote before."""
    form = application.form
    found = {name: getattr(application, name) for name in OWN_FIELDS}
    found |= {name: getattr(form, name) for name in FORM_FIELDS}
    found["committees"] = form.committees.all()
    people = list(application.contacts.all())
    liaison = [each for each in people if Contact.Role.LIAISON in each.roles]
    others = [each for each in people if each not in liaison]
    for who, person in zip(("liaison", *OTHERS), [*liaison, *others], strict=False):
        found |= {f"{who}_{name}": getattr(person, name) for name in (*CONTACT_FIELDS, "roles")}
    return found
