"""The admin site: sign-in through allauth, the sidebar in the order of the staff's day."""

from allauth.account.decorators import secure_admin_login
from unfold.sites import UnfoldAdminSite


class MemberServicesAdminSite(UnfoldAdminSite):
    """One door for everybody: the admin's own login form is never shown."""


MemberServicesAdminSite.login = secure_admin_login(MemberServicesAdminSite.login)


def sidebar(request) -> list[dict]:
    """The admin's navigation."""
    return []


def today(request, context: dict) -> dict:
    """What waits for the signed-in member of staff today."""
    return context
