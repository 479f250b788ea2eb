"""专题研究报告: who gets a study of a specific problem, and who may read which part of it.

Charter, 其他服务 第3项: the study goes to the units it concerns; the common part is shared with
the units to which the charter promises it whether concerned or not. Both are judged on the date
of issue, by the one rule (`benefits.entitlement`).
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from benefits.entitlement import Entitlement, entitled_units, entitlements_on, judged
from benefits.models import Allowance, BenefitItem
from members.models import CommitteeSeat, MemberUnit
from services.models import Study, StudyCopy, StudyFile
from services.models.studies import Part
from services.telling import announce

EVERYONE = Allowance.Audience.EVERYONE


@dataclass(frozen=True)
class Access:
    """A published study for one unit: its right on the date of issue, and the parts it reads."""

    study: Study
    answer: Entitlement
    is_concerned: bool

    @property
    def files(self) -> list[StudyFile]:
        """The files the unit may open, the report first."""
        parts = self.parts
        return [file for file in self.study.files.all() if file.part in parts]

    @property
    def parts(self) -> set[str]:
        if not self.answer.entitled:
            return set()
        shares = any(row.audience == EVERYONE for row in self.answer.allowances)
        return ({Part.REPORT} if self.is_concerned else set()) | (
            {Part.COMMON} if shares else set()
        )


def accesses(unit: MemberUnit) -> list[Access]:
    """Every published study with what it is for the unit, newest first; in four queries."""
    own = StudyCopy.objects.filter(study=OuterRef("pk"), unit=unit, part=Part.REPORT)
    studies = list(
        Study.objects.filter(published_at__isnull=False)
        .select_related("offering__benefit_item__group")
        .annotate(is_concerned=Exists(own))
        .prefetch_related(Prefetch("files", StudyFile.objects.order_by("-part")))
    )
    answers = entitlements_on(
        unit, [(study.offering.benefit_item, study.issued_on) for study in studies]
    )
    return [
        Access(study, answer, study.is_concerned)
        for study, answer in zip(studies, answers, strict=True)
    ]


def readable(unit: MemberUnit) -> list[Access]:
    """The studies of which the unit may open a file."""
    return [access for access in accesses(unit) if access.files]


def refused(unit_accesses: list[Access]) -> list[Access]:
    """Studies that concern the unit and that it may not read: it should know why."""
    return [each for each in unit_accesses if each.is_concerned and not each.answer.entitled]


# --- Publishing ---------------------------------------------------------------------------------


@transaction.atomic
def publish(*, study: Study, by, at: dt.datetime) -> Study:
    """Open the study to those who may read it, keep who they are, and write to them.

    Raises ``ValidationError`` where it is out already (``published``), has no report
    (``no_report``) or reaches nobody (``nobody``).
    """
    current = Study.objects.select_for_update().get(pk=study.pk)
    if current.published_at:
        raise ValidationError(_("The study is published already."), code="published")
    parts = set(current.files.values_list("part", flat=True))
    if Part.REPORT not in parts:
        raise ValidationError(_("Add the file of the study first."), code="no_report")
    judge_concerned(current)
    if Part.COMMON in parts:
        add_sharing(current)
    handed = list(current.copies.handed().select_related("unit"))
    if not handed:
        raise ValidationError(
            _("No unit would get this study: name a unit it concerns that is entitled on %(day)s.")
            % {"day": current.issued_on.isoformat()},
            code="nobody",
        )
    current.published_at, current.published_by = at, by
    current.save(update_fields=["published_at", "published_by"])
    announce(current, handed, at=at)
    return current


def judge_concerned(study: Study) -> None:
    """Keep for each unit concerned what decides on the date of issue."""
    copies = {copy.unit_id: copy for copy in study.copies.filter(part=Part.REPORT)}
    units = MemberUnit.objects.filter(pk__in=copies)
    for unit in judged(units, item_of(study), study.issued_on):
        copies[unit.pk].tier_id, copies[unit.pk].basis = unit.tier_held, unit.basis
    StudyCopy.objects.bulk_update(copies.values(), ["tier", "basis"])


def add_sharing(study: Study) -> None:
    """A copy of the common part for each unit that shares it."""
    study.copies.filter(part=Part.COMMON).delete()
    StudyCopy.objects.bulk_create(
        StudyCopy(
            study=study, unit=unit, part=Part.COMMON, tier_id=unit.tier_held, basis=unit.basis
        )
        for unit in sharing(item_of(study), study.issued_on)
    )


def sharing(item: BenefitItem, on: dt.date) -> QuerySet[MemberUnit]:
    """Entitled units to whose tier or committee the item is promised concerned or not.

    The set form of ``Access.parts``; a test holds the two equal.
    """
    promises = Allowance.objects.promised(on).filter(item=item, audience=EVERYONE)
    promises = promises.exclude(quantity=0)
    seats = CommitteeSeat.objects.on(on).filter(
        unit=OuterRef("pk"),
        committee__in=promises.filter(committee__isnull=False).values("committee"),
    )
    tiers = promises.filter(tier__isnull=False).values("tier")
    return entitled_units(item, on).filter(Q(tier_held__in=tiers) | Exists(seats))


def item_of(study: Study) -> BenefitItem:
    return study.offering.benefit_item
