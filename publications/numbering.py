"""Numbers of issues: the number starts again each year, the serial number runs on for ever."""

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications.models import Issue, Publication


def next_number(publication: Publication, year: int) -> int:
    """The number in the year that follows the highest so far."""
    highest = publication.issues.filter(year=year).aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def next_serial_number(publication: Publication) -> int | None:
    """The serial number that follows the highest; ``None`` where none was ever given."""
    highest = publication.issues.aggregate(highest=Max("serial_number"))["highest"]
    return highest + 1 if highest else None


def repeats(issue: Issue) -> dict[str, ValidationError]:
    """By field, the numbers of ``issue`` that another issue of the publication already has."""
    others = Issue.objects.filter(publication=issue.publication).exclude(pk=issue.pk)
    found = {}
    if issue.number is not None and issue.issued_on is not None:
        taken = others.filter(year=issue.issued_on.year, number=issue.number).first()
        if taken:
            found["number"] = ValidationError(
                _("%(year)s already has no. %(number)s (dated %(date)s). The next is %(next)s."),
                code="number_taken",
                params={
                    "year": taken.year,
                    "number": taken.number,
                    "date": date_format(taken.issued_on),
                    "next": next_number(issue.publication, taken.year),
                },
            )
    if issue.serial_number is not None:
        taken = others.filter(serial_number=issue.serial_number).first()
        if taken:
            found["serial_number"] = ValidationError(
                _(
                    "Serial number %(serial)s is that of %(year)s no. %(number)s. "
                    "The next is %(next)s."
                ),
                code="serial_number_taken",
                params={
                    "serial": taken.serial_number,
                    "year": taken.year,
                    "number": taken.number,
                    "next": next_serial_number(issue.publication),
                },
            )
    return found


def refuse_repeats(issue: Issue) -> None:
    """Raises ``ValidationError`` by field where a number is taken."""
    if found := repeats(issue):
        raise ValidationError(found)


def gaps(issue: Issue) -> list[str]:
    """What looks odd beside the issue before, in sentences; none of it is forbidden."""
    before = (
        Issue.objects.filter(
            publication=issue.publication, year=issue.year, number__lt=issue.number
        )
        .exclude(pk=issue.pk)
        .order_by("-number")
        .first()
    )
    return [
        *number_gap(issue, before),
        *serial_number_gap(issue),
        *date_order(issue, before),
    ]


def number_gap(issue: Issue, before: Issue | None) -> list[str]:
    last = before.number if before else 0
    # The first issue that this system knows of need not be the first of its year.
    is_known = before or issue.publication.issues.exclude(pk=issue.pk).exists()
    if issue.number == last + 1 or not is_known:
        return []
    return [
        _("The number jumps from %(last)s to %(number)s in %(year)s.")
        % {"last": last, "number": issue.number, "year": issue.year}
    ]


def serial_number_gap(issue: Issue) -> list[str]:
    others = Issue.objects.filter(publication=issue.publication).exclude(pk=issue.pk)
    highest = others.aggregate(highest=Max("serial_number"))["highest"]
    if highest and issue.serial_number is None:
        return [
            _("The issue has no serial number; the last one given is %(last)s.") % {"last": highest}
        ]
    if not highest or issue.serial_number is None:
        return []
    below = others.filter(serial_number__lt=issue.serial_number)
    last = below.aggregate(highest=Max("serial_number"))["highest"]
    if last is None or issue.serial_number == last + 1:
        return []
    return [
        _("The serial number jumps from %(last)s to %(number)s.")
        % {"last": last, "number": issue.serial_number}
    ]


def date_order(issue: Issue, before: Issue | None) -> list[str]:
    if not before or issue.issued_on >= before.issued_on:
        return []
    return [
        _("The date lies before that of no. %(number)s (%(date)s).")
        % {"number": before.number, "date": date_format(before.issued_on)}
    ]
