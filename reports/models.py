"""A unit as the staff's statement page lists it; the table is that of the member units."""

from django.utils.translation import gettext_lazy as _

from members.models import MemberUnit


class UnitStatement(MemberUnit):
    """权益账单 of a unit: what was promised, used and left in a year."""

    class Meta:
        proxy = True
        verbose_name = _("benefit statement")
        verbose_name_plural = _("benefit statements")
