"""Opening accounts for people: they choose their own passwords."""

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User


@transaction.atomic
def vouch_for_address(*, user: User) -> None:
    """Let the person sign in with ``user.email``: staff know the address to be theirs.

    Other addresses of the user no longer count. A password comes by the reset mail.
    """
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user,
        email=user.email.lower(),
        defaults={"verified": True, "primary": True},
    )
