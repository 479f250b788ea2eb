"""印刷与邮寄: confirm once who gets how many printed copies of an issue, and where they go.

An issue is posted after its release: what is on paper is then what members read online, and
neither changes any more. Before the confirmation the list is a question (`publications.parcels`);
the confirmation writes the answer down, and nothing rewrites it.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications.copies import is_printed, judged_parcels
from publications.models import Issue, PrintRun

PLAN = """
    INSERT INTO publications_parcel (
           print_run_id, unit_id, copies, tier_id, basis, state, reason,
           recipient, address, postcode, phone)
    SELECT %s, unit_id, copies, tier_id, basis, state, reason,
           recipient, address, postcode, phone
      FROM ({parcels}) AS parcel
        ON CONFLICT DO NOTHING
"""


@transaction.atomic
def confirm(
    *, issue: Issue, posted_on: dt.date, at: dt.datetime, by, spare: int = 0, note: str = ""
) -> PrintRun:
    """Freeze what is posted on ``posted_on``, and what not, with the reasons.

    One statement writes the whole list, however many units there are. The same confirmation given
    twice, or by two people at once, is one. Raises ``ValidationError`` for another date or number
    of spare copies than the one confirmed (code ``already_confirmed``), for an issue that is not
    released or not printed, and where no unit would get a copy.
    """
    current = Issue.objects.select_for_update(of=["self"]).select_related("publication")
    current = current.get(pk=issue.pk)
    confirmed = of(current)
    if confirmed:
        refuse_another(confirmed, posted_on, spare)
        return confirmed
    refuse_unready(current, posted_on)
    run = PrintRun(
        issue=current,
        posted_on=posted_on,
        spare=spare,
        note=note,
        confirmed_at=at,
        confirmed_by=by,
    )
    run.full_clean()
    run.save()
    plan(run)
    return run


def plan(run: PrintRun) -> None:
    """Write the list. Raises ``ValidationError`` where nothing would be posted."""
    sql, parameters = judged_parcels(run.issue, run.posted_on)
    with connection.cursor() as cursor:
        cursor.execute(PLAN.format(parcels=sql), [run.pk, *parameters])
    if not run.parcels.to_post().exists():
        raise ValidationError(
            _(
                "Nothing would be posted: no unit that gets printed copies on %(date)s has a "
                "postal address. Record the addresses, or choose another date."
            ),
            code="nothing_to_post",
            params={"date": date_format(run.posted_on)},
        )


def of(issue: Issue) -> PrintRun | None:
    """The issue's print run; None while it is not confirmed."""
    return PrintRun.objects.select_related("confirmed_by").filter(issue=issue).first()


def shortcomings(issue: Issue, posted_on: dt.date) -> list[ValidationError]:
    """Why nothing can be posted; empty where the run can be confirmed."""
    if not is_printed(issue.publication, posted_on):
        return [
            ValidationError(
                _(
                    "%(publication)s is not promised on paper to anybody on %(date)s: "
                    "there is nothing to post."
                ),
                code="not_printed",
                params={
                    "publication": issue.publication.label,
                    "date": date_format(posted_on),
                },
            )
        ]
    if not issue.is_frozen:
        return [
            ValidationError(
                _("Release the issue first; then its printed copies can be posted."),
                code="not_released",
            )
        ]
    return []


def refuse_unready(issue: Issue, posted_on: dt.date) -> None:
    for error in shortcomings(issue, posted_on):
        raise error


def refuse_another(confirmed: PrintRun, posted_on: dt.date, spare: int) -> None:
    """A second confirmation must be the same one."""
    if (confirmed.posted_on, confirmed.spare) != (posted_on, spare):
        raise ValidationError(
            _(
                "The list was already confirmed for %(date)s with %(spare)s spare copies. "
                "Nothing was changed."
            ),
            code="already_confirmed",
            params={"date": date_format(confirmed.posted_on), "spare": confirmed.spare},
        )
