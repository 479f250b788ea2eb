"""``manage.py load_demo``: invented members, bulletins and sign-ins to try the product with."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from demo.archive import load_archive
from demo.awards import load_awards
from demo.bulletins import load_bulletins
from demo.desk import load_desk
from demo.events import load_events
from demo.printed import load_printed
from demo.services import load_services
from demo.units import load_units
from members.models import MemberUnit, Representative, Tier

PASSWORD = "try-member-services"
STAFF = {
    "admin@demo.example": ("系统管理员", None),
    "members@demo.example": ("会员服务", "member_services"),
    "editor@demo.example": ("责任编辑", "editor"),
    "finance@demo.example": ("财务", "finance"),
    "events@demo.example": ("会务", "events"),
    "reader@demo.example": ("只读", "read_only"),
}
# (e-mail, the unit's tier and case, role)
UNITS = [
    ("vice-president@demo.example", "vice_president:steady", Representative.Role.MANAGER),
    ("council@demo.example", "council:steady", Representative.Role.MANAGER),
    ("ordinary@demo.example", "ordinary:steady", Representative.Role.MEMBER),
    ("lapsed@demo.example", "ordinary:this_year_unpaid", Representative.Role.MANAGER),
    ("skipped@demo.example", "ordinary:skipped_last_year", Representative.Role.MANAGER),
    ("new@demo.example", "ordinary:new_and_paid", Representative.Role.MANAGER),
]


class Command(BaseCommand):
    help = "Load invented units, bulletins and sign-ins. Does nothing where there are units."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--show-sign-ins", action="store_true", help="only list the sign-ins")

    def handle(self, *, show_sign_ins: bool, **options) -> None:
        if show_sign_ins:
            self.show_sign_ins()
        elif MemberUnit.objects.exists():
            self.stdout.write("There are member units already: nothing loaded.")
        elif not Tier.objects.exists():
            raise CommandError("Run load_charter and load_catalogue first.")
        else:
            self.load(timezone.localdate())
            self.stdout.write(f"{MemberUnit.objects.count()} units loaded.")

    @transaction.atomic
    def load(self, on: dt.date) -> None:
        """Everything, around the day ``on``."""
        staff = {email: self.staff(email, *who) for email, who in STAFF.items()}
        shown = load_units(on=on, finance=staff["finance@demo.example"])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # the planner has not seen these rows yet
        acting = {}
        for email, which, role in UNITS:
            unit = shown[which]
            user = self.user(email, unit.contacts.order_by("pk").first().name)
            Representative.objects.create(user=user, unit=unit, role=role)
            acting[email.partition("@")[0].replace("-", "_")] = (unit, user)
        members, editor = staff["members@demo.example"], staff["editor@demo.example"]
        finance = staff["finance@demo.example"]
        load_desk(on=on, members=members, finance=finance, shown=acting)
        load_archive(on=on)
        load_bulletins(on=on, editor=editor)
        load_printed(on=on, editor=editor)
        load_events(on=on, team=staff["events@demo.example"])
        load_awards(on=on, staff=members, shown=acting)
        load_services(on=on, staff=members, shown=acting)

    def staff(self, email: str, name: str, role: str | None) -> User:
        user = self.user(email, name, is_staff=True, is_superuser=role is None)
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user

    def user(self, email: str, name: str, **fields) -> User:
        user = User.objects.create_user(email, PASSWORD, name=name, **fields)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    def show_sign_ins(self) -> None:
        """A line each: e-mail address, and who it is."""
        self.stdout.write(f"密码均为 / password for all: {PASSWORD}")
        for email, (name, _role) in STAFF.items():
            if User.objects.filter(email=email).exists():
                self.stdout.write(f"  {email:<28} {name}（后台 admin）")
        acting = Representative.objects.filter(user__email__endswith="@demo.example")
        for row in acting.select_related("user", "unit").order_by("pk"):
            self.stdout.write(f"  {row.user.email:<28} {row.unit.name}（门户 portal）")
