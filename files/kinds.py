"""What kind of file an upload is: its content decides, not its name or what the browser says."""

import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

LIMIT = 20 * 1024 * 1024
HEAD = 1024


@dataclass(frozen=True)
class Kind:
    """A kind that is accepted: how its content begins, and how its name may end."""

    code: str
    media_type: str
    extensions: tuple[str, ...]
    begins: bytes
    # For the kinds that are a ZIP archive: the part that makes it one.
    part: str = ""

    @property
    def extension(self) -> str:
        return self.extensions[0]


OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = (
    Kind("pdf", "application/pdf", (".pdf",), b"%PDF-"),
    Kind("jpeg", "image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff"),
    Kind("png", "image/png", (".png",), b"\x89PNG\r\n\x1a\n"),
    Kind(
        "docx",
        f"{OFFICE}.wordprocessingml.document",
        (".docx",),
        b"PK\x03\x04",
        "word/document.xml",
    ),
    Kind("xlsx", f"{OFFICE}.spreadsheetml.sheet", (".xlsx",), b"PK\x03\x04", "xl/workbook.xml"),
)
# Any text may be one: accepted only where a spreadsheet is asked for (`files.sheets`).
CSV = Kind("csv", "text/csv", (".csv",), b"")
BY_CODE = {kind.code: kind for kind in (*KINDS, CSV)}
ACCEPTED = ",".join(extension for kind in KINDS for extension in kind.extensions)
MACROS = "vbaProject.bin"


def checked(file: File) -> Kind:
    """The kind of an uploaded file.

    Raises ``ValidationError`` for an empty file, one over 20 MB, one of another kind, one whose
    name ends as if it were another kind, and Office files with macros.
    """
    checked_size(file)
    kind = kind_of(file)
    if kind is None:
        raise ValidationError(
            _("Only PDF, JPEG, PNG, Word (.docx) and Excel (.xlsx) files are accepted."),
            code="kind",
        )
    if PurePath(file.name or "").suffix.lower() not in kind.extensions:
        raise ValidationError(
            _("The name of the file does not fit its content: this is a %(kind)s file.")
            % {"kind": kind.extension},
            code="name",
        )
    return kind


def checked_size(file: File) -> None:
    """Raises ``ValidationError`` for an empty file and for one over 20 MB."""
    if not file.size:
        raise ValidationError(_("The file is empty. Choose it again."), code="empty")
    if file.size > LIMIT:
        raise ValidationError(
            _("The file is larger than %(limit)s. Make it smaller or split it.")
            % {"limit": filesizeformat(LIMIT)},
            code="too_large",
        )


def kind_of(file: File) -> Kind | None:
    """The accepted kind of the content, or ``None``."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    for kind in KINDS:
        if head.startswith(kind.begins) and (not kind.part or has_part(file, kind.part)):
            return kind
    return None


def has_part(file: File, part: str) -> bool:
    """Whether the archive holds the part, and no macros."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    finally:
        file.seek(0)
    return part in names and not any(name.endswith(MACROS) for name in names)
