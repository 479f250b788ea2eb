"""缴费 as a sheet. A payment is never changed: the same row is recognised, anything else is new.

What comes in waits for finance to confirm it, as a payment does that is typed in.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import DuesPayment
from members.sheets.base import OfUnits, Row
from members.sheets.columns import Choice, Code, Column, Day, Money, Told, Year, text
from members.sheets.contacts import UNIT_COLUMNS

KEY = ("kind", "year", "amount", "paid_on", "reference")


class PaymentSheet(OfUnits):
    subject = "payments"
    model = DuesPayment
    columns = (
        *UNIT_COLUMNS,
        Choice(
            "kind",
            gettext_lazy("kind"),
            DuesPayment.Kind.choices,
            hint=gettext_lazy("Empty: a payment."),
            width=10,
        ),
        Year(
            "year",
            gettext_lazy("dues of the year"),
            needed=True,
            example="2026",
            also=("年度", "year"),
            width=10,
        ),
        Money(
            "amount",
            gettext_lazy("amount (yuan)"),
            needed=True,
            example="5000.00",
            also=("金额", "amount"),
            width=14,
        ),
        Day("paid_on", gettext_lazy("paid on"), needed=True, example="2026-03-01", width=13),
        Code("reference", gettext_lazy("bank reference"), also=("流水号",), width=24),
        Column("reason", gettext_lazy("reason of a refund"), width=24),
        Told("confirmed_at", gettext_lazy("confirmed at"), width=18),
    )
    fixed_message = gettext_lazy("This payment is there and says otherwise. It is not changed.")

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.taken: dict[int, int] = {}

    def find(self, rows: list[Row]) -> None:
        """Equal rows are matched one to one with the equal payments there are."""
        payments = self.of_the_units(rows, DuesPayment.objects.all())
        for row in rows:
            key = self.key(row.values["unit"].pk, row.values)
            equal = [
                each
                for each in payments.get(key[0], [])
                if self.key(each.unit_id, vars(each)) == key
            ]
            free = [each for each in equal if each.pk not in self.taken]
            if free:
                row.instance = free[0]
                self.taken[row.instance.pk] = row.number
            elif self.is_twice(row, key, equal):
                row.refuse(
                    "reference",
                    _("The same payment stands above. A second one needs its own reference."),
                )

    def key(self, unit: int, values: dict) -> tuple:
        given = {name: values.get(name) for name in KEY}
        given["kind"] = given["kind"] or DuesPayment.Kind.PAYMENT
        given["reference"] = text(given["reference"]) or ""
        return (unit, *(given[name] for name in KEY))

    def is_twice(self, row: Row, key: tuple, equal: list[DuesPayment]) -> bool:
        return bool(equal) or self.met.setdefault(("payment", *key), row.number) != row.number

    def compare(self, rows: list[Row]) -> None:
        for row in rows:
            if row.instance.amount <= 0:
                row.refuse("amount", _("Enter an amount above zero; a refund is a kind."))
