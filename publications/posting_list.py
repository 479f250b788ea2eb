"""The copies and addresses of a print run as a file: for a spreadsheet or a label program."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from publications.models import PrintRun

# A cell that begins like this is a formula to a spreadsheet, whoever wrote it.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
BOM = "\ufeff"


def headings() -> list[str]:
    return [
        _("No."),
        _("Member unit"),
        _("Tier"),
        _("Copies"),
        _("Recipient"),
        _("Telephone"),
        _("Postcode"),
        _("Address"),
    ]


def rows(run: PrintRun) -> Iterator[list]:
    """A row for each parcel to post, by the unit's name; fetched in parts."""
    parcels = run.parcels.to_post().select_related("unit", "tier").order_by("unit__name", "pk")
    for number, parcel in enumerate(parcels.iterator(chunk_size=2000), start=1):
        yield [
            number,
            parcel.unit.name,
            parcel.tier.label if parcel.tier else "",
            parcel.copies,
            parcel.recipient,
            parcel.phone,
            parcel.postcode,
            parcel.address,
        ]


def cell(value) -> str:
    """A CSV cell that a spreadsheet takes for text."""
    text = str(value)
    if text.startswith(FORMULA):
        text = f"'{text}"
    if any(sign in text for sign in '",\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text


def as_csv(run: PrintRun) -> Iterator[str]:
    """The list line by line; the mark at its beginning lets Excel read Chinese."""
    yield BOM + line(headings())
    for row in rows(run):
        yield line(row)


def line(row: list) -> str:
    return ",".join(cell(value) for value in row) + "\r\n"
