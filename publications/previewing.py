"""How an issue will look in print, while it is edited: the PDF, and pictures of its pages.

What was typeset once is kept for a while under the digest of what is printed, so that a second look
at the same text is at once there, from whatever process.
"""

import datetime as dt
import hashlib
import io
from dataclasses import dataclass
from threading import Lock

import pypdfium2
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from publications.editions import edition, typeset_edition
from publications.models import Issue

FOLDER = "previews"
KEPT_FOR = dt.timedelta(days=2)
# Of 72 to the inch: wide enough for a page on the screen of a desk.
SCALE = 1.6
# The library that draws the pages is not made for several threads.
DRAWING = Lock()


@dataclass(frozen=True)
class Preview:
    digest: str
    pages: int


def preview(issue: Issue) -> Preview:
    """The issue's print, typeset now where it is new. Raises ``ValidationError`` as typesetting."""
    if issue.pdf:
        with issue.pdf.open("rb") as file:
            pdf = file.read()
        try:
            pages = page_count(pdf)
        except pypdfium2.PdfiumError as error:
            raise ValidationError(_("The uploaded PDF cannot be read. Upload it again.")) from error
        digest = hashlib.sha256(pdf).hexdigest()
        keep(digest, pdf)
        return Preview(digest, pages)

    wanted = edition(issue)
    pdf = kept(wanted.digest)
    if pdf is None:
        pdf = typeset_edition(wanted)
        keep(wanted.digest, pdf)
    return Preview(wanted.digest, page_count(pdf))


def kept(digest: str) -> bytes | None:
    """The PDF under the digest, ``None`` where it was never made or is forgotten."""
    try:
        with default_storage.open(f"{FOLDER}/{digest}.pdf", "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def keep(digest: str, pdf: bytes) -> None:
    name = f"{FOLDER}/{digest}.pdf"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(pdf))


def page_count(pdf: bytes) -> int:
    with DRAWING, pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def page_picture(pdf: bytes, page: int) -> bytes:
    """The page (from 1) as PNG. Raises ``IndexError`` for one that there is not."""
    with DRAWING, pypdfium2.PdfDocument(pdf) as document:
        if not 1 <= page <= len(document):
            raise IndexError(page)
        image = document[page - 1].render(scale=SCALE).to_pil()
    file = io.BytesIO()
    image.convert("P", palette=1, colors=64).save(file, "PNG", optimize=False)
    return file.getvalue()


def forget(at: dt.datetime) -> int:
    """Delete the previews that are older than two days; returns how many."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    paths = [f"{FOLDER}/{name}" for name in names]
    old = [path for path in paths if default_storage.get_modified_time(path) < at - KEPT_FOR]
    for path in old:
        default_storage.delete(path)
    return len(old)
