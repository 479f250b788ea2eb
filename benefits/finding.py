"""The unit or the item that a person means by what they typed."""

import unicodedata

from django.db.models import Q
from django.utils.translation import gettext as _

from benefits.models import BenefitItem
from members.models import MemberUnit

SHOWN = 10


class NotFound(LookupError):
    """Nothing, or several things, match; says which."""


def find_unit(text: str) -> MemberUnit:
    """A unit by credit code, name or former name, whole or in part. Raises ``NotFound``."""
    named = MemberUnit.objects.named(text)
    text = text.strip()
    exact = named.filter(
        Q(credit_code=text.upper()) | Q(name=text) | Q(former_names__name=text)
    ).distinct()
    found = list(exact[: SHOWN + 1]) or list(named[: SHOWN + 1])
    return only(
        found, text, what=_("member unit"), label=lambda unit: f"{unit.name} {unit.credit_code}"
    )


def find_item(text: str) -> BenefitItem:
    """An item by code or name, whole or in part, brackets and blanks aside. Raises ``NotFound``."""
    items = list(BenefitItem.objects.select_related("group"))
    by_code = [item for item in items if item.code == text.strip()]
    key = bare(text)
    exact = [item for item in items if key in (bare(item.name), bare(item.name_en))]
    partly = [item for item in items if key and key in bare(item.name)]
    found = by_code or exact or partly
    return only(
        found, text, what=_("benefit item"), label=lambda item: f"{item.name} ({item.code})"
    )


def bare(text: str) -> str:
    """Letters and digits alone: 《中国矿业信息》 is 中国矿业信息."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum()
    )


def only(found: list, text: str, *, what: str, label):
    if not found:
        raise NotFound(_("No %(what)s matches “%(text)s”.") % {"what": what, "text": text})
    if len(found) > 1:
        listed = "\n".join(f"  {label(each)}" for each in found[:SHOWN])
        if len(found) > SHOWN:
            listed += "\n  …"
        message = _("More than one %(what)s matches “%(text)s”; say which:\n%(listed)s")
        raise NotFound(message % {"what": what, "text": text, "listed": listed})
    return found[0]
