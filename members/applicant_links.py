"""The applicant's link: it opens one application without signing in.

The key is signed, stored nowhere and cannot be guessed, so that every letter can carry it again.
"""

from django.conf import settings
from django.core.signing import BadSignature, Signer

from members.models import MembershipApplication

# A colon in the path of a link is broken by some mail programs.
signer = Signer(salt="members.applicant_links", sep=".")


def key_for(application: MembershipApplication) -> str:
    return signer.sign(application.pk)


def application_for(key: str) -> MembershipApplication | None:
    """The application that the key opens; ``None`` for a key that we did not make."""
    try:
        pk = int(signer.unsign(key))
    except (BadSignature, ValueError):
        return None
    applications = MembershipApplication.objects.select_related("unit", "form__tier")
    return applications.filter(pk=pk, form__isnull=False).first()


def link_to(application: MembershipApplication) -> str:
    return f"{settings.SITE_URL}/join/{key_for(application)}/"
