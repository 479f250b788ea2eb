"""图片: what articles show. Named by its content, so that the same picture is stored once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def picture_path(picture: "Picture", filename: str) -> str:
    return f"pictures/{picture.digest[:2]}/{picture.digest}.{picture.kind}"


class Picture(models.Model):
    """A picture as it was written anew by us; an article's Markdown names it by its digest.

    ``![caption](picture:<digest>)``
    """

    class Kind(models.TextChoices):
        JPEG = "jpg", "JPEG"
        PNG = "png", "PNG"

    # SHA-256 of the stored bytes, in hexadecimal.
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    file = models.FileField(_("file"), upload_to=picture_path, max_length=120)
    kind = models.CharField(_("kind of file"), max_length=3, choices=Kind)
    # In pixels.
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    size = models.PositiveIntegerField(_("size in bytes"))
    name = models.CharField(_("name of the file"), max_length=120, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="picture_has_pixels", condition=Q(width__gt=0, height__gt=0, size__gt=0)
            )
        ]

    def __str__(self) -> str:
        return self.name or self.digest[:12]
