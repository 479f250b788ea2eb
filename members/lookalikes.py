"""Units that an applicant may be already: by the same code, or by the same or a like name."""

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import StrIndex
from django.utils.translation import gettext_lazy as _

from members.models import FormerName, MembershipApplication, MemberUnit

MOST = 10
# What says nothing about which company it is.
FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团公司|集团|公司|总院|研究院|研究所)")
BRACKETS = re.compile(r"[()\[\]【】<>《》\s·.,，。-]")
SHORTEST = 2


@dataclass(frozen=True)
class Lookalike:
    unit: MemberUnit
    because: str


def lookalikes(application: MembershipApplication) -> list[Lookalike]:
    """The units that may be the same as the applicant, the surest first, at most ``MOST``."""
    core = core_of(application.name)
    former = FormerName.objects.filter(unit=OuterRef("pk"))
    units = (
        MemberUnit.objects.genuine()
        .exclude(pk=application.unit_id)
        .annotate(
            had_this_name=Exists(former.filter(name=application.name)),
            had_like_name=Exists(former.filter(name__contains=core)),
        )
    )
    alike = Q(credit_code=application.credit_code) | Q(name=application.name)
    alike |= Q(had_this_name=True)
    if len(core) >= SHORTEST:
        units = units.annotate(place=StrIndex(Value(application.name), F("name")))
        alike |= Q(name__contains=core) | Q(had_like_name=True) | Q(place__gt=0)
    found = [Lookalike(unit, because(unit, application)) for unit in units.filter(alike)[:50]]
    order = list(REASONS)
    found.sort(key=lambda each: order.index(each.because))
    return [Lookalike(each.unit, REASONS[each.because]) for each in found[:MOST]]


REASONS = {
    "code": _("the same credit code"),
    "name": _("the same name"),
    "former": _("had this name before"),
    "alike": _("a similar name"),
}


def because(unit: MemberUnit, application: MembershipApplication) -> str:
    if unit.credit_code == application.credit_code:
        return "code"
    if unit.name == application.name:
        return "name"
    return "former" if unit.had_this_name else "alike"


def core_of(name: str) -> str:
    """What is left of a name without its legal form, brackets and spaces."""
    flat = BRACKETS.sub("", unicodedata.normalize("NFKC", name))
    return FORMS.sub("", flat)
