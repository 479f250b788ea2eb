"""图片: what an editor uploads becomes a picture of ours, written anew and stored once.

Nothing of the uploaded file is kept but its pixels: no place, no camera, no hidden bytes.
"""

import hashlib
import io
from datetime import datetime
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from publications.markup import digests
from publications.mime import one_line
from publications.models import Article, Issue, Picture

# What may be uploaded: the content decides, not the name.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
ACCEPTED = ".jpg,.jpeg,.png,.webp,.gif"
UPLOAD_LIMIT = 20 * 1024 * 1024
# More pixels are not decoded: a small file can claim a picture that fills the memory.
PIXEL_LIMIT = 50_000_000
# The longer side of what is stored; enough for a page of A4 at 200 dots an inch.
EDGE = 1600
JPEG_QUALITY = 85
# An opaque picture that needs more than this as PNG is a photograph.
PNG_LIMIT = 500 * 1024
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What a broken or hostile file makes the decoders raise.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, MemoryError)


def take(upload: UploadedFile, *, by, at: datetime) -> Picture:
    """Store the uploaded picture; the one that is there already where it is the same.

    JPEG, PNG, WebP, or the first frame of a GIF. It is turned upright, scaled down to ``EDGE`` and
    written anew without any metadata. Raises ``ValidationError``.
    """
    image = shrunk(decoded(upload))
    content, kind = encoded(image)
    picture, _is_new = Picture.objects.get_or_create(
        digest=hashlib.sha256(content).hexdigest(),
        defaults={
            "file": ContentFile(content, name=f"picture.{kind}"),
            "kind": kind,
            "width": image.width,
            "height": image.height,
            "size": len(content),
            "name": one_line(PurePath(upload.name or "").name)[-120:],
            "uploaded_by": by,
            "uploaded_at": at,
        },
    )
    return picture


def decoded(upload: UploadedFile) -> Image.Image:
    """The pixels, upright, as RGB, RGBA or grey. Raises ``ValidationError``."""
    if not upload.size:
        raise ValidationError(_("The file is empty. Choose it again."), code="empty")
    if upload.size > UPLOAD_LIMIT:
        raise ValidationError(
            _("The picture is larger than %(limit)s."),
            code="too_large",
            params={"limit": filesizeformat(UPLOAD_LIMIT)},
        )
    upload.seek(0)
    try:
        with Image.open(upload, formats=FORMATS) as image:
            refuse_too_many_pixels(*image.size)
            image.draft("RGB", (EDGE, EDGE))
            return plain(ImageOps.exif_transpose(image))
    except BOMBS as error:
        raise too_many_pixels() from error
    except BROKEN as error:
        raise ValidationError(
            _("This is not a picture that can be read. Use JPEG, PNG, WebP or GIF."), code="kind"
        ) from error


def refuse_too_many_pixels(width: int, height: int) -> None:
    if width * height > PIXEL_LIMIT:
        raise too_many_pixels()


def too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture has more than %(limit)s million pixels. Make it smaller first."),
        code="too_many_pixels",
        params={"limit": PIXEL_LIMIT // 1_000_000},
    )


def plain(image: Image.Image) -> Image.Image:
    """The same picture in one of three modes, in the colours of the screen."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        return in_screen_colours(image).convert("RGBA")
    if image.mode in ("1", "L", "LA"):
        return image.convert("L")
    return in_screen_colours(image).convert("RGB")


def in_screen_colours(image: Image.Image) -> Image.Image:
    """Cameras and printers state their own colours; without the profile they would look wrong."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        return ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile says nothing


def shrunk(image: Image.Image, edge: int = EDGE) -> Image.Image:
    """The picture with no side longer than ``edge``; a smaller one stays as it is."""
    small = image.copy()
    small.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    return small


def encoded(image: Image.Image) -> tuple[bytes, str]:
    """The bytes and their kind: PNG for drawings and what is transparent, JPEG for photographs."""
    image.info.clear()  # the encoders would write comments and profiles that stand there
    drawn = written(image, "PNG", optimize=True)
    if image.mode == "RGBA" or len(drawn) <= PNG_LIMIT:
        return drawn, Picture.Kind.PNG
    return written(image, "JPEG", quality=JPEG_QUALITY, optimize=True), Picture.Kind.JPEG


def written(image: Image.Image, kind: str, **options) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


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
