"""Letters to the applicant: what has happened, and what is to be done by when."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from awards.models import ApplicationStep, AwardApplication
from cases.questions import shown
from letters.writing import write
from members.models import Representative

What = ApplicationStep.What
FOLDER = "awards/mail/"
SUBJECTS = {
    What.SUBMITTED: _("Application %(number)s received: %(title)s"),
    What.RESUBMITTED: _("Application %(number)s received again: %(title)s"),
    What.RETURNED: _("Please complete application %(number)s by %(by)s: %(title)s"),
    What.ACCEPTED: _("Application %(number)s passed the formal check: %(title)s"),
    What.DECLINED: _("Application %(number)s was not admitted: %(title)s"),
    What.RECOMMENDED: _("Application %(number)s has been recommended: %(title)s"),
    What.NOT_RECOMMENDED: _("Application %(number)s was not recommended: %(title)s"),
    What.AWARDED: _("Result of application %(number)s: %(title)s"),
    What.NOT_AWARDED: _("Result of application %(number)s: %(title)s"),
    What.WITHDRAWN: _("Application %(number)s was withdrawn: %(title)s"),
}
SUMMED_UP = (What.SUBMITTED, What.RESUBMITTED)
BY_UNIT = (*SUMMED_UP, What.WITHDRAWN)


def tell(application: AwardApplication, step: ApplicationStep) -> None:
    """Write to the applicant about the step, in Chinese; goes out after the commit."""
    with translation.override("zh-hans"):
        subject, text = subject_of(application, step), text_of(application, step)
    for person in addressees(application):
        write(to=person.email, subject=subject, text=text, at=step.at)


def addressees(application: AwardApplication) -> list[User]:
    """Who submitted it, while still acting for the unit; else the unit's managers."""
    acting = Representative.objects.active().filter(unit=application.unit).select_related("user")
    people = {seat.user_id: seat for seat in acting}
    if application.filed_by_id in people:
        return [people[application.filed_by_id].user]
    managers = Representative.Role.MANAGER
    return [seat.user for seat in people.values() if seat.role == managers]


def subject_of(application: AwardApplication, step: ApplicationStep) -> str:
    return SUBJECTS[step.what] % {
        "number": application.number,
        "title": application.title,
        "by": date_format(application.complete_by) if application.complete_by else "",
    }


def text_of(application: AwardApplication, step: ApplicationStep) -> str:
    context = {
        "application": application,
        "cycle": application.cycle,
        "step": step,
        "is_by_unit": step.what in BY_UNIT,
        "summary": summary(application) if step.what in SUMMED_UP else None,
        "address": settings.SITE_URL + reverse("award_application", args=[application.pk]),
        "association": settings.ASSOCIATION_NAME,
    }
    return render_to_string(f"{FOLDER}{step.what}.txt", context)


def summary(application: AwardApplication) -> dict:
    """What was handed in: each answer that was given, and the names of the files."""
    answers = application.answers.select_related("question")
    return {
        "answers": [
            (answer.question.in_words, shown(answer.question, answer.text))
            for answer in answers
            if answer.text
        ],
        "files": list(application.materials.select_related("requirement")),
    }
