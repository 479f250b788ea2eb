"""How much is allowed, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.models import Extent, Medium

AMOUNTS = {
    (Medium.PAPER, Extent.QUANTITY): gettext_lazy("printed copies: %(number)d"),
    (Medium.PAPER, Extent.UNLIMITED): gettext_lazy("printed, any number of copies"),
    (Medium.PAPER, Extent.NOT_STATED): gettext_lazy("printed, number of copies not stated"),
    (Medium.ELECTRONIC, Extent.QUANTITY): gettext_lazy("electronic copies: %(number)d"),
    (Medium.ELECTRONIC, Extent.UNLIMITED): gettext_lazy("electronic, without limit"),
    (Medium.ELECTRONIC, Extent.NOT_STATED): gettext_lazy("electronic, number not stated"),
    (Medium.SEAT, Extent.QUANTITY): gettext_lazy("free seats: %(number)d"),
    (Medium.SEAT, Extent.UNLIMITED): gettext_lazy("free for any number of people"),
    (Medium.SEAT, Extent.NOT_STATED): gettext_lazy("free, number of people not stated"),
    (Medium.RIGHT, Extent.QUANTITY): gettext_lazy("times: %(number)d"),
    (Medium.RIGHT, Extent.UNLIMITED): gettext_lazy("as often as needed"),
    (Medium.RIGHT, Extent.NOT_STATED): gettext_lazy("promised, how often is not stated"),
    (Medium.DISCOUNT, Extent.QUANTITY): gettext_lazy("member price, people: %(number)d"),
    (Medium.DISCOUNT, Extent.UNLIMITED): gettext_lazy("member price for any number of people"),
    (Medium.DISCOUNT, Extent.NOT_STATED): gettext_lazy("member price, rate not stated"),
}


def amount(medium: str, extent: str, quantity: int | None) -> str:
    """``paper, quantity, 3`` as “纸质 3 册”."""
    words = AMOUNTS[medium, extent]
    return words % {"number": quantity} if extent == Extent.QUANTITY else str(words)


def period_of(starts_on, ends_on) -> str:
    """The days for which a row holds."""
    if ends_on is None:
        return _("from %(first)s") % {"first": starts_on}
    return _("%(first)s to %(last)s") % {"first": starts_on, "last": ends_on}
