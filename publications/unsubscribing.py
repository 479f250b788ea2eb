"""退订: a contact's wish for no more bulletin mail. The unit's right is untouched.

The link in a mail carries a signed contact id, so that it works without signing in and
cannot be guessed. It does not expire: an old issue's link must still stop the mail.
"""

import datetime as dt

from django.core.signing import BadSignature, Signer

from members.models import Contact

# A colon in the path of a link is broken by some mail programs.
signer = Signer(salt="publications.unsubscribing", sep=".")


def token_for(contact_id: int) -> str:
    return signer.sign(contact_id)


def contact_for(token: str) -> Contact | None:
    """The contact whose link this is; None for a link that we did not make."""
    try:
        contact_id = int(signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return Contact.objects.select_related("unit").filter(pk=contact_id).first()


def unsubscribe(*, contact: Contact, at: dt.datetime) -> None:
    """No more bulletin mail for this contact. A second time changes nothing."""
    Contact.objects.filter(pk=contact.pk, unsubscribed_at=None).update(unsubscribed_at=at)
    contact.refresh_from_db(fields=["unsubscribed_at"])
