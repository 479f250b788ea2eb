import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.utils import translation

from accounts import roles
from accounts.roles import ROLES, Role, label_of, load_roles
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def permissions_of(code: str) -> set[str]:
    found = Group.objects.get(name=code).permissions.select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in found}


def test_every_role_becomes_a_group():
    changed = load_roles()

    codes = [
        "member_services",
        "editor",
        "first_reviewer",
        "second_reviewer",
        "final_reviewer",
        "finance",
        "events",
        "read_only",
    ]
    assert changed == codes
    assert list(Group.objects.order_by("pk").values_list("name", flat=True)) == codes


def test_second_run_changes_nothing(capsys):
    load_roles()
    before = {role.code: permissions_of(role.code) for role in ROLES}

    call_command("load_roles")

    assert {role.code: permissions_of(role.code) for role in ROLES} == before
    assert capsys.readouterr().out == "All 8 roles are up to date.\n"


def test_permissions_that_left_the_table_are_taken_away():
    load_roles()
    group = Group.objects.get(name="read_only")
    group.permissions.add(Permission.objects.get(codename="delete_memberunit"))
    group.permissions.remove(Permission.objects.get(codename="view_issue"))

    assert load_roles() == ["read_only"]

    everything = {perm for perm in permissions_of("read_only") if ".view_" not in perm}
    assert everything == set()
    assert "publications.view_issue" in permissions_of("read_only")


def test_people_keep_their_roles():
    load_roles()
    group = Group.objects.get(name="editor")
    editor = UserFactory()
    editor.groups.add(group)
    group.permissions.clear()

    load_roles()

    assert list(editor.groups.all()) == [group]
    assert editor.has_perm("publications.change_issue") is True


def test_only_finance_confirms_payments_and_only_member_services_decides_applications():
    load_roles()

    def holders(permission: str) -> list[str]:
        return [role.code for role in ROLES if permission in permissions_of(role.code)]

    assert holders("members.confirm_payment") == ["finance"]
    assert holders("members.decide_application") == ["member_services"]
    assert holders("members.change_duespayment") == ["finance"]
    assert holders("publications.release_issue") == ["editor", "final_reviewer"]
    assert holders("publications.import_issue") == ["editor"]
    assert holders("members.delete_memberunit") == []
    assert holders("accounts.add_user") == ["member_services"]


def test_a_permission_that_does_not_exist_is_named_and_nothing_is_saved(monkeypatch):
    table = [Role("good", "Good", {"members.memberunit": "view"})]
    table.append(Role("bad", "Bad", {"members.memberunit": "fly"}))
    monkeypatch.setattr(roles, "ROLES", table)

    with pytest.raises(LookupError) as caught:
        load_roles()

    assert str(caught.value) == "No such permission: [('members', 'memberunit', 'fly')]"
    assert Group.objects.count() == 0


def test_names_are_chinese():
    load_roles()

    with translation.override("zh-hans"):
        labels = [label_of(group) for group in Group.objects.order_by("pk")]

    assert labels == ["会员服务", "编辑", "一审", "二审", "三审", "财务", "会务", "只读"]
