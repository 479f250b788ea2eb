"""更名: a unit takes another name. What was issued under the old one keeps it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.days import day_of
from members.models import FormerName, MemberUnit
from members.record import acting

DAY = dt.timedelta(days=1)


class NameTaken(ValidationError):
    """Another unit has the name: ``unit``."""

    def __init__(self, unit: MemberUnit):
        said = _("%(unit)s (%(code)s) has this name. Are they one organisation?")
        super().__init__({"name": said % {"unit": unit, "code": unit.credit_code}})
        self.unit = unit


@transaction.atomic
def rename(
    *, unit: MemberUnit, name: str, on: dt.date, why: str, by: User, at: dt.datetime
) -> MemberUnit:
    """Call the unit ``name`` from the day ``on``; the name until then becomes a former one.

    A name changes when it has changed: ``on`` is not in the future. Raises ``ValidationError``,
    and ``NameTaken`` with the unit that has the name.
    """
    unit = MemberUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    name = " ".join(name.split())
    if name == unit.name:
        raise ValidationError({"name": _("The unit has this name already.")})
    if on > day_of(at):
        raise ValidationError({"on": _("Record the new name when it holds, not before.")})
    if unit.former_names.filter(until__gte=on).exists():
        raise ValidationError({"on": _("The unit took another name after this day.")})
    if other := MemberUnit.objects.filter(name=name).exclude(pk=unit.pk).first():
        raise NameTaken(other)
    with acting(by=by, why=why):
        FormerName.objects.update_or_create(unit=unit, name=unit.name, defaults={"until": on - DAY})
        unit.name = name
        unit.full_clean()
        unit.save()
    return unit
