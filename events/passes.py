"""An attendee's pass: a QR code of its address, and back from what a scanner reads."""

from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from events.models import Attendee


def address(attendee: Attendee) -> str:
    """The pass's absolute address."""
    return settings.SITE_URL + reverse("pass", args=[attendee.token])


def picture(attendee: Attendee) -> SafeString:
    """The QR code as an inline SVG image."""
    code = segno.make(address(attendee), error="m", micro=False)
    # Made of our own address alone: nothing in it comes from people.
    return mark_safe(code.svg_inline(border=2, light="#fff", svgclass="code", omitsize=True))


def token_in(text: str) -> str:
    """The token in a scanned address; the text itself where it is none."""
    return urlsplit(text.strip()).path.rstrip("/").rpartition("/")[2]
