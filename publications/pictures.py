"""图片: what people upload is read, made smaller and written anew; only that is ever shown.

Nothing of the upload's own bytes is kept: no place, no camera's name, nothing that hides in a file.
"""

import datetime as dt
import hashlib
import io
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from files.kinds import checked_size
from files.models import shortened
from publications.markup import digests
from publications.models import Article, Issue, Picture

# Width × height that may be unpacked: 40 million take 160 MB of memory. Photographs of telephones
# have 12 to 50 million; those are made smaller by the telephone when they are sent.
PIXEL_CAP = 40_000_000
# A page of A4 at 200 dots an inch is 1,650 wide.
LONGEST_EDGE = 1800
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY = 85
# Diagrams and screens come in these; a larger one is a photograph after all.
DRAWINGS = ("PNG", "GIF")
DRAWING_LIMIT = 600 * 1024


def take(upload: UploadedFile, *, by, at: dt.datetime) -> Picture:
    """Store an upload as a picture of ours; the same picture twice is one row.

    Raises ``ValidationError`` for what is no JPEG, PNG, WebP or GIF, for more than ``PIXEL_CAP``
    pixels, and for a file that is broken or larger than 20 MB.
    """
    checked_size(upload)
    upload.seek(0)
    kind, size, content = written_anew(upload.read())
    digest = hashlib.sha256(content).hexdigest()
    known = Picture.objects.filter(digest=digest).first()
    if known:
        return known
    picture = Picture(
        digest=digest,
        kind=kind,
        width=size[0],
        height=size[1],
        size=len(content),
        name=shortened(upload.name or ""),
        uploaded_by=by,
        uploaded_at=at,
    )
    picture.file.save(f"{digest}.{kind}", ContentFile(content), save=False)
    # Two people may send the same picture at once.
    Picture.objects.bulk_create([picture], ignore_conflicts=True)
    return Picture.objects.get(digest=digest)


def written_anew(content: bytes) -> tuple[str, tuple[int, int], bytes]:
    """Kind, size in pixels and bytes of the picture as we store it."""
    try:
        with warnings.catch_warnings():
            # Too many pixels are refused by us, in words, before they are unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                refuse_too_many_pixels(*image.size)
                image.load()
                ImageOps.exif_transpose(image, in_place=True)
                return encoded(image)
    except Image.DecompressionBombError as error:
        raise too_many_pixels() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise ValidationError(
            _("This is no picture that can be read. Use a JPEG, PNG, WebP or GIF file."),
            code="picture",
        ) from error


def refuse_too_many_pixels(width: int, height: int) -> None:
    if width * height > PIXEL_CAP:
        raise too_many_pixels()


def too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture has more than %(cap)s million pixels. Make it smaller and try again."),
        code="pixels",
        params={"cap": PIXEL_CAP // 1_000_000},
    )


def encoded(image: Image.Image) -> tuple[str, tuple[int, int], bytes]:
    """A photograph as JPEG, a drawing or what is transparent as PNG; without metadata."""
    form = image.format
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    if form in DRAWINGS or plain.mode == "RGBA":
        content = saved(fresh, "PNG", optimize=True)
        if len(content) <= DRAWING_LIMIT or plain.mode == "RGBA":
            return "png", fresh.size, content
    return "jpg", fresh.size, saved(fresh, "JPEG", quality=QUALITY, optimize=True)


def saved(image: Image.Image, form: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def file_name(picture: Picture) -> str:
    return f"{picture.digest}.{picture.kind}"


def media_type(picture: Picture) -> str:
    return {"jpg": "image/jpeg", "png": "image/png"}[picture.kind]


def content(picture: Picture) -> bytes:
    with picture.file.open("rb") as file:
        return file.read()


# --- Whose pictures --------------------------------------------------------------------------


def of_issue(issue: Issue) -> dict[str, Picture]:
    """The pictures that the issue's articles show, by digest."""
    bodies = Article.objects.filter(section__issue=issue, body__contains="picture:")
    named = {digest for body in bodies.values_list("body", flat=True) for digest in digests(body)}
    return {picture.digest: picture for picture in Picture.objects.filter(digest__in=named)}


def shown_in(issue: Issue, digest: str) -> Picture | None:
    """The picture, where an article of the issue shows it."""
    return of_issue(issue).get(digest)
