import pytest
from django.contrib.auth.models import Group

from accounts.roles import load_roles
from tests.factories import UserFactory


@pytest.fixture
def as_superuser(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True, name="系统管理员"))
    return client


@pytest.fixture
def as_role(client):
    """Sign in as a member of staff with this role: ``as_role("finance")``."""

    def sign_in(code: str):
        load_roles()
        user = UserFactory(is_staff=True, name=code)
        user.groups.add(Group.objects.get(name=code))
        client.force_login(user)
        return client

    return sign_in
