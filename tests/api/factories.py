"""Tokens of these tests, and how a program asks with them."""

import datetime as dt

from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from accounts.models import User
from accounts.roles import load_roles
from members.models import ApiToken, MemberUnit, Representative
from members.tokens import LIFETIME, digest
from tests.factories import RepresentativeFactory, UserFactory


def key_for(user: User, unit: MemberUnit | None = None, *, at: dt.datetime | None = None) -> str:
    """The key of a token that exists already, whatever its maker may do today."""
    at = at or timezone.now()
    key = f"ms_{ApiToken.objects.count():043d}"
    ApiToken.objects.create(
        user=user,
        unit=unit,
        name="测试程序",
        digest=digest(key),
        hint=key[-4:],
        created_at=at,
        expires_at=at + LIFETIME,
    )
    return key


def headers(key: str) -> dict[str, str]:
    """As a program asks with the key."""
    return {"authorization": f"Token {key}"}


def key_of_unit(unit: MemberUnit) -> str:
    seat = RepresentativeFactory(unit=unit, role=Representative.Role.MANAGER)
    return key_for(seat.user, unit)


def key_of_staff(role: str) -> str:
    load_roles()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return key_for(user)


def key_of_onlooker() -> str:
    """Of staff who may look at everything; without the time that loading the roles takes."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return key_for(user)
