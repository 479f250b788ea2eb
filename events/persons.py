"""A person whom a unit wants to send, before there is an attendee."""

from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from events.models.registrations import validate_mobile

BETWEEN = str.maketrans("", "", " -()（）\u3000")
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Person:
    """参会人's data, as a unit gives them."""

    name: str
    mobile: str
    email: str = ""
    job_title: str = ""


def tidied(person: Person) -> Person:
    """The person without stray blanks. Raises ``ValidationError`` for what cannot be used."""
    tidy = replace(
        person,
        name=" ".join(person.name.split()),
        mobile=compact(person.mobile),
        email=person.email.strip(),
        job_title=" ".join(person.job_title.split()),
    )
    if not tidy.name or not tidy.mobile:
        raise ValidationError(
            _("Each person needs a name and a telephone number."), code="incomplete"
        )
    validate_mobile(tidy.mobile)
    if tidy.email:
        validate_email(tidy.email)
    return tidy


def compact(mobile: str) -> str:
    """A telephone number without blanks, hyphens and brackets."""
    return mobile.translate(BETWEEN)


def checked(people: list[Person]) -> list[Person]:
    """The people, tidied. Raises ``ValidationError`` for nobody, too many, or one twice."""
    if not people:
        raise ValidationError(_("Give at least one person."), code="nobody")
    if len(people) > MOST_AT_ONCE:
        raise ValidationError(
            _("Register at most %(count)s people at once.") % {"count": MOST_AT_ONCE},
            code="too_many",
        )
    tidy = [tidied(person) for person in people]
    seen = set()
    for person in tidy:
        if (person.name, person.mobile) in seen:
            raise ValidationError(
                _("%(name)s is on the list twice.") % {"name": person.name}, code="twice"
            )
        seen.add((person.name, person.mobile))
    return tidy
