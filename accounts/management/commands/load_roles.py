"""``manage.py load_roles``: the staff's groups as in `accounts.roles`."""

from django.core.management.base import BaseCommand

from accounts.roles import ROLES, load_roles


class Command(BaseCommand):
    help = "Make the groups of staff and their permissions equal to accounts/roles.py."

    def handle(self, **options) -> None:
        changed = load_roles()
        if changed:
            self.stdout.write(f"Brought up to date: {', '.join(changed)}.")
        else:
            self.stdout.write(f"All {len(ROLES)} roles are up to date.")
