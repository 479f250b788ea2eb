"""会员单位 as a sheet. A unit is known by its credit code, or else by its exact name."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import FormerName, MemberUnit
from members.sheets.base import Row, Sheet
from members.sheets.columns import Choice, Code, Column, CreditCode, Postcode, text


class UnitSheet(Sheet):
    subject = "units"
    model = MemberUnit
    columns = (
        Column(
            "name",
            gettext_lazy("name"),
            needed=True,
            hint=gettext_lazy("The full name, as on the business licence."),
            example="样例矿业有限公司",
            also=("单位名称", "单位全称", "会员单位", "unit"),
            width=32,
        ),
        CreditCode(
            "credit_code",
            gettext_lazy("unified social credit code"),
            needed=True,
            hint=gettext_lazy("18 characters. It tells which unit a row is about."),
            example="91110000100000009X",
            also=("信用代码", "credit code"),
            width=22,
        ),
        Choice(
            "kind",
            gettext_lazy("kind of organisation"),
            MemberUnit.Kind.choices,
            hint=gettext_lazy("Empty for a new unit: an enterprise."),
        ),
        Column(
            "province", gettext_lazy("province"), example="河北省", also=("省份", "省"), width=12
        ),
        Column("address", gettext_lazy("address"), example="样例市样例路1号", width=32),
        Postcode("postcode", gettext_lazy("postcode"), example="050000", also=("邮编",), width=10),
        Code(
            "phone", gettext_lazy("telephone"), example="0311-0000000", also=("联系电话",), width=18
        ),
        Column("website", gettext_lazy("website"), example="https://www.example.org", width=26),
        Column("note", gettext_lazy("note for staff"), also=("备注",), width=30),
    )
    changeable = frozenset({"kind", "province", "address", "postcode", "phone", "website", "note"})

    @classmethod
    def rows(cls):
        return MemberUnit.objects.genuine().order_by("name", "pk")

    def look_up(self, rows: list[Row]) -> None:
        codes = {row.values.get("credit_code") for row in rows} - {None}
        names = {row.values.get("name") for row in rows} - {None}
        known = Q(credit_code__in=codes) | Q(name__in=names)
        units = list(self.held(MemberUnit.objects.genuine().filter(known)))
        self.by_code = {unit.credit_code: unit for unit in units}
        self.by_name = {unit.name: unit for unit in units}
        self.former = set(
            FormerName.objects.filter(name__in=names - self.by_name.keys()).values_list(
                "name", flat=True
            )
        )
        for row in rows:
            self.find(row)

    def find(self, row: Row) -> None:
        code, name = row.values.get("credit_code"), row.values.get("name")
        unit = self.by_code.get(code) if code else self.by_name.get(name)
        if unit is None:
            self.is_free(row, code, name)
        else:
            row.instance = unit
            self.is_that_one(row, unit, name)
        if row.is_wrong or not (code or name):
            return
        key = unit.pk if unit else code
        if self.meet(row, "credit_code" if code else "name", "unit", key) and unit is None:
            self.meet(row, "name", "name", name)

    def is_that_one(self, row: Row, unit: MemberUnit, name: str | None) -> None:
        """A renaming is an act of its own, which keeps the former name."""
        if name and name != text(unit.name):
            row.refuse(
                "name",
                _("This credit code is that of “%(name)s”. A unit is renamed on its own page.")
                % {"name": unit.name},
            )
        row.values.pop("name", None)
        row.values.pop("credit_code", None)

    def is_free(self, row: Row, code: str | None, name: str | None) -> None:
        if other := self.by_name.get(name):
            row.refuse(
                "credit_code",
                _("The unit of this name has another credit code: %(code)s.")
                % {"code": other.credit_code},
            )
        elif name in self.former:
            row.refuse("name", _("A unit was once called so. Look for it by its credit code."))
