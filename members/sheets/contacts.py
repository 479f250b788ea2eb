"""联系人 as a sheet. A contact is known by unit and e-mail address, or else by unit and name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Contact
from members.sheets.base import OfUnits, Row
from members.sheets.columns import Choices, Code, Column, CreditCode, Told, YesNo

UNIT_COLUMNS = (
    Column(
        OfUnits.UNIT,
        gettext_lazy("member unit"),
        hint=gettext_lazy("The exact name. With the credit code beside it, it may stay empty."),
        example="样例矿业有限公司",
        also=("单位名称", "单位全称", "unit"),
        width=32,
    ),
    CreditCode(
        OfUnits.CODE,
        gettext_lazy("unified social credit code"),
        hint=gettext_lazy("18 characters. With the name beside it, it may stay empty."),
        example="91110000100000009X",
        also=("信用代码", "credit code"),
        width=22,
    ),
)


class ContactSheet(OfUnits):
    subject = "contacts"
    model = Contact
    columns = (
        *UNIT_COLUMNS,
        Column(
            "name",
            gettext_lazy("full name"),
            needed=True,
            example="张三",
            also=("联系人", "contact"),
            width=12,
        ),
        Choices(
            "roles",
            gettext_lazy("contact for"),
            Contact.Role.choices,
            hint=gettext_lazy("One or several, with 、 between them."),
            example="联络员、会议与活动",
            also=("用途", "purposes"),
            width=26,
        ),
        Choices(
            "deputy_roles",
            gettext_lazy("deputy for"),
            Contact.Role.choices,
            hint=gettext_lazy("One or several, with 、 between them."),
            width=26,
        ),
        Column("title", gettext_lazy("job title"), example="办公室主任", also=("职位",), width=16),
        Code("email", gettext_lazy("e-mail address"), example="zhang@example.org", width=26),
        Code("mobile", gettext_lazy("mobile"), example="13800000000", also=("手机号码",), width=16),
        Column("address", gettext_lazy("postal address, if not the unit's"), width=32),
        YesNo(
            "is_active",
            gettext_lazy("active"),
            hint=gettext_lazy("Empty for a new contact: yes."),
            width=10,
        ),
        Told("unsubscribed_at", gettext_lazy("unsubscribed from the bulletin at"), width=18),
    )
    changeable = frozenset(
        {"name", "roles", "deputy_roles", "title", "email", "mobile", "address", "is_active"}
    )

    def find(self, rows: list[Row]) -> None:
        contacts = self.of_the_units(rows, Contact.objects.all())
        for row in rows:
            self.find_one(row, contacts.get(row.values["unit"].pk, []))

    def find_one(self, row: Row, contacts: list[Contact]) -> None:
        email = (row.values.get("email") or "").casefold()
        if email and not self.meet(row, "email", "email", row.values["unit"].pk, email):
            return
        found = [each for each in contacts if email and each.email.casefold() == email]
        found = found or self.by_name(row, contacts)
        if len(found) > 1:
            row.refuse("name", _("The unit has several contacts of this name. Give the address."))
        elif found and self.meet(row, "name", "contact", found[0].pk):
            row.instance = found[0]
        elif not found and not email:
            self.meet(row, "name", "name", row.values["unit"].pk, row.values.get("name"))

    def by_name(self, row: Row, contacts: list[Contact]) -> list[Contact]:
        """Of those of the name whom no row above is about, whoever is meant; several: unclear."""
        name = self.column_of("name")
        found = [
            each
            for each in contacts
            if name.is_same(each.name, row.values.get("name"))
            and ("contact", each.pk) not in self.met
        ]
        if equal := [each for each in found if self.is_equal(row, each)]:
            return equal[:1]
        bare = [each for each in found if not each.email]
        return bare if bare and len(found) > 1 else found

    def is_equal(self, row: Row, contact: Contact) -> bool:
        return all(
            self.is_same(name, getattr(contact, name), value)
            for name, value in self.fields_of(row).items()
        )

    def compare(self, rows: list[Row]) -> None:
        for row in rows:
            contact = row.instance
            if contact.serves(Contact.Role.BULLETIN) and not contact.email:
                row.refuse("email", _("A bulletin contact needs an e-mail address."))
            if set(contact.roles) & set(contact.deputy_roles):
                row.refuse(
                    "deputy_roles",
                    _("Choose for each purpose: the contact itself, or the deputy. Not both."),
                )
