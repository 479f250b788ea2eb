"""会籍 as a sheet: since when units are members, as the association's own register has it.

A membership is an approved application. Those that come in public are decided on their own pages.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import MembershipApplication
from members.sheets.base import Row
from members.sheets.columns import Column, Day
from members.sheets.contacts import UNIT_COLUMNS
from members.sheets.periods import OfPeriods

APPROVED = MembershipApplication.Decision.APPROVED


class MembershipSheet(OfPeriods):
    subject = "memberships"
    model = MembershipApplication
    permissions = ("members.decide_application",)
    columns = (
        *UNIT_COLUMNS,
        Day(
            "decided_on",
            gettext_lazy("member since"),
            needed=True,
            hint=gettext_lazy(
                "The day of the decision. With the unit, it tells which membership a row is about."
            ),
            example="2019-05-01",
            also=("入会时间", "入会日期", "first day"),
            width=13,
        ),
        Column("resolution", gettext_lazy("resolution"), example="会字〔2019〕3号", width=24),
        Day(
            "ended_on",
            gettext_lazy("last day of membership"),
            hint=gettext_lazy("Empty while the unit is a member."),
            width=13,
        ),
        Column("ended_because", gettext_lazy("why it ended"), width=24),
        Column("end_resolution", gettext_lazy("resolution on the end"), width=24),
    )
    changeable = frozenset({"resolution"})
    fixed_message = gettext_lazy(
        "A membership with this first day says otherwise. It is ended or corrected on its own page."
    )

    @classmethod
    def rows(cls):
        return super().rows().filter(decision=APPROVED, unit__duplicate_of__isnull=True)

    def make(self, row: Row) -> None:
        """Rules that a form keeps: no decision to come, and an end with its reason."""
        super().make(row)
        if row.is_wrong:
            return
        if row.instance.decided_on > self.on:
            row.refuse("decided_on", _("This day lies in the future."))
        if row.instance.ended_on and not row.instance.ended_because:
            row.refuse("ended_because", _("Say why it ended."))

    def fields_of(self, row: Row) -> dict[str, object]:
        fields = super().fields_of(row)
        if row.instance is None:
            fields |= {
                "decision": APPROVED,
                "stage": MembershipApplication.Stage.COUNCIL,
                "filed_on": fields["decided_on"],
                "decided_by": self.by,
                "ended_by": self.by if fields.get("ended_on") else None,
            }
        return fields

    def overlap(self, clash: MembershipApplication, day: str) -> str:
        return _("The unit is a member in this period already, since %(day)s.") % {"day": day}
