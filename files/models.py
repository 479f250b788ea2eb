"""A stored file: what its uploader called it, what it is, and where it lies."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.files import File
from django.db import models
from django.utils.translation import gettext_lazy as _

from files.kinds import BY_CODE, Kind, checked

NAME_LENGTH = 120


def random_path(stored: "StoredFile", filename: str) -> str:
    """A place that says nothing and cannot be guessed."""
    name = uuid.uuid4().hex
    return f"files/{name[:2]}/{name}{BY_CODE[stored.kind].extension}"


class StoredFile(models.Model):
    """A file of a case. It has no address: a view that asks who may see it hands it out."""

    file = models.FileField(_("file"), upload_to=random_path, max_length=100)
    name = models.CharField(_("name of the file"), max_length=NAME_LENGTH)
    kind = models.CharField(_("kind of file"), max_length=10, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def hold(self, upload: File, check: Callable[[File], Kind] = checked) -> None:
        """Take an upload into this row, unsaved. Raises ``ValidationError`` as ``check`` does."""
        self.kind = check(upload).code
        self.size = upload.size
        self.name = shortened(upload.name)
        self.file = upload


def shortened(name: str) -> str:
    """The uploader's name for the file, without folders and control characters."""
    name = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: NAME_LENGTH - 1 - len(extension)]}{dot}{extension}"
