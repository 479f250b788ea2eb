"""入会申请, the applicant's side: begin, fill in, add files, send, correct, withdraw.

Nobody is signed in here: whoever holds the applicant's link acts for the applicant.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.completeness import missing
from members.days import day_of
from members.models import (
    ApplicationContact,
    ApplicationFile,
    ApplicationForm,
    ApplicationStep,
    Contact,
    MembershipApplication,
    MemberUnit,
    SpecialCommittee,
)
from members.record import acting
from members.telling import tell
from members.trail import entered, locked

MOST_FILES = 10
KEPT = dt.timedelta(days=180)  # a draft that is not sent
OWN_FIELDS = ("name", "credit_code")
FORM_FIELDS = (
    *("kind", "province", "address", "postcode", "phone", "website", "introduction", "tier"),
)
Decision = MembershipApplication.Decision
Kind = ApplicationStep.Kind
Stage = MembershipApplication.Stage


@transaction.atomic
def begin(
    *, name: str, credit_code: str, liaison: str, email: str, at: dt.datetime
) -> MembershipApplication:
    """A draft, whose link is mailed to the liaison.

    Raises ``ValidationError`` at ``credit_code`` where the unit is a member or has applied.
    """
    refuse_second(credit_code, day_of(at))
    application = MembershipApplication(name=name, credit_code=credit_code, stage=Stage.DRAFT)
    application.full_clean()
    with acting(by=None, why=_("Application begun")):
        application.save()
        ApplicationForm.objects.create(application=application, created_at=at)
    _write_contacts(application, [{"name": liaison, "email": email, "roles": ["liaison"]}])
    tell(application, "begun", at=at, last_day=day_of(at + KEPT))
    return application


@transaction.atomic
def fill_in(
    *,
    application: MembershipApplication,
    values: Mapping[str, object],
    committees: Iterable[SpecialCommittee],
    contacts: Iterable[Mapping[str, object]],
) -> MembershipApplication:
    """Keep what the applicant wrote so far, whole or not.

    ``values`` hold any of ``OWN_FIELDS`` and ``FORM_FIELDS``; the contacts take the place of those
    before. Raises ``ValidationError`` once it is sent, or where a value does not fit.
    """
    application = _editable(application)
    form = application.form
    for row, names in ((application, OWN_FIELDS), (form, FORM_FIELDS)):
        for name in names:
            if name in values:
                setattr(row, name, values[name])
        row.full_clean()
    with acting(by=None, why=_("Filled in by the applicant")):
        application.save()
        form.save()
    form.committees.set(committees)
    _write_contacts(application, contacts)
    return application


@transaction.atomic
def attach(
    *, application: MembershipApplication, purpose: str, file: File, at: dt.datetime
) -> ApplicationFile:
    """Add a file. Raises ``ValidationError`` once it is sent, for too many and for other kinds."""
    application = _editable(application)
    if application.files.count() >= MOST_FILES:
        raise ValidationError(
            _("An application takes %(most)s files. Remove one first.") % {"most": MOST_FILES}
        )
    row = ApplicationFile(application=application, purpose=purpose, uploaded_at=at)
    row.hold(file)
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def detach(*, application: MembershipApplication, file: ApplicationFile) -> None:
    """Take a file out. Raises ``ValidationError`` once it is sent."""
    row = _editable(application).files.get(pk=file.pk)
    row.delete()
    transaction.on_commit(lambda: row.file.delete(save=False), robust=True)


@transaction.atomic
def forget_drafts(*, at: dt.datetime) -> int:
    """Delete the drafts that were begun more than `KEPT` ago and never sent, with people and files.

    Returns how many. One in which somebody writes at this moment is left for the next time.
    """
    old = MembershipApplication.objects.filter(stage=Stage.DRAFT, form__created_at__lt=at - KEPT)
    drafts = list(old.select_for_update(of=("self",), skip_locked=True))
    files = [row.file for row in ApplicationFile.objects.filter(application__in=drafts)]
    with acting(by=None, why=_("Draft not sent within %(days)s days") % {"days": KEPT.days}):
        MembershipApplication.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    for file in files:
        transaction.on_commit(partial(file.delete, save=False), robust=True)
    return len(drafts)


@transaction.atomic
def send(*, application: MembershipApplication, at: dt.datetime) -> MembershipApplication:
    """Send it, or send it again after it was returned; its day is that of the first sending.

    Raises ``ValidationError`` at the fields that are missing, and at ``credit_code`` where the
    unit is a member or another application for it is under way.
    """
    application = _editable(application)
    if gaps := missing(application):
        raise ValidationError(gaps)
    refuse_second(application.credit_code, day_of(at), but=application)
    kind = Kind.REFILED if application.filed_on else Kind.FILED
    application.filed_on = application.filed_on or day_of(at)
    application.stage = Stage.PRELIMINARY
    try:
        with transaction.atomic(), acting(by=None, why=str(kind.label)):
            application.save()
            entered(application, kind, by=None, at=at)
    except IntegrityError as error:  # another was sent at this very moment
        raise _under_way(day_of(at)) from error
    tell(application, kind, at=at)
    return application


@transaction.atomic
def withdraw(
    *, application: MembershipApplication, note: str, at: dt.datetime
) -> MembershipApplication:
    """The applicant no longer wishes it. Raises ``ValidationError`` unless it is under way."""
    application = locked(application)
    if not application.is_under_way:
        raise ValidationError(_("Only an application under way can be withdrawn."))
    application.decision = Decision.WITHDRAWN
    application.decided_on = day_of(at)
    application.full_clean()
    with acting(by=None, why=note or _("Withdrawn by the applicant")):
        application.save()
        entered(application, Kind.WITHDRAWN, by=None, at=at, note=note)
    return application


@transaction.atomic
def send_link_again(*, credit_code: str, email: str, at: dt.datetime) -> None:
    """Mail the links of the unit's applications, if the address is that of their liaison.

    Says nothing of whether there were any. The newest three are enough.
    """
    found = MembershipApplication.objects.filter(
        credit_code=credit_code,
        form__isnull=False,
        contacts__roles__contains=[Contact.Role.LIAISON],
        contacts__email__iexact=email,
    )
    for application in found.order_by("-pk")[:3]:
        tell(application, "link", at=at)


# --- What it rests on ---------------------------------------------------------------------------


def refuse_second(
    credit_code: str, on: dt.date, *, but: MembershipApplication | None = None
) -> None:
    """Raises ``ValidationError`` at ``credit_code`` where the unit need not or cannot apply."""
    if member := MemberUnit.objects.members(on).filter(credit_code=credit_code).first():
        raise ValidationError(
            {
                "credit_code": ValidationError(
                    _(
                        "%(unit)s is a member already. Sign in, or ask your unit's liaison to "
                        "invite you."
                    )
                    % {"unit": member},
                    code="member",
                )
            }
        )
    others = MembershipApplication.objects.under_way().exclude(pk=but.pk if but else None)
    other = others.filter(credit_code=credit_code).first()
    other = other or others.filter(unit__credit_code=credit_code).first()
    if other:
        raise _under_way(other.filed_on)


def _under_way(since: dt.date) -> ValidationError:
    words = _(
        "An application with this credit code is under way since %(day)s. Its link was mailed to "
        "the liaison named in it; you can have it sent again."
    )
    return ValidationError(
        {"credit_code": ValidationError(words % {"day": date_format(since)}, code="under_way")}
    )


def _editable(application: MembershipApplication) -> MembershipApplication:
    application = locked(application)
    if not application.is_editable:
        raise ValidationError(_("The application is sent and can no longer be changed here."))
    return application


def _write_contacts(
    application: MembershipApplication, contacts: Iterable[Mapping[str, object]]
) -> None:
    application.contacts.all().delete()
    for values in contacts:
        contact = ApplicationContact(application=application, **values)
        contact.full_clean()
        contact.save()
