"""Explicit factories for awards: a cycle open in May 2026, and a unit that may apply."""

import datetime as dt
import io
import zipfile
from zoneinfo import ZoneInfo

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from factory.django import DjangoModelFactory

from awards import applying
from awards.models import Award, AwardApplication, AwardCycle, CycleQuestion, MaterialRequirement
from benefits.models import Allowance, BenefitGroup, BenefitItem, Extent, Medium
from members.models import MemberUnit
from tests.factories import RepresentativeFactory, TierFactory, UserFactory, member

SHANGHAI = ZoneInfo("Asia/Shanghai")
PDF = b"%PDF-1.7 sample"


def moment(text: str) -> dt.datetime:
    """``2026-05-31 23:59:59`` in Asia/Shanghai."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


AT = moment("2026-05-10 10:00:00")
DEADLINE = moment("2026-05-31 23:59:59")


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = BenefitGroup
        django_get_or_create = ["code"]

    code = "awards"
    name = "奖项申报及技术成果鉴定服务"
    position = 3


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = BenefitItem
        django_get_or_create = ["code"]

    group = factory.SubFactory(GroupFactory)
    code = "patent"
    name = factory.SelfAttribute("code")
    position = factory.Sequence(lambda n: n + 1)
    period = BenefitItem.Period.ANNUAL
    clause = "奖项申报及技术成果鉴定服务 第2项"


class AwardFactory(DjangoModelFactory):
    class Meta:
        model = Award
        django_get_or_create = ["code"]

    code = "patent"
    name = factory.SelfAttribute("code")
    benefit_item = factory.SubFactory(ItemFactory, code=factory.SelfAttribute("..code"))


class CycleFactory(DjangoModelFactory):
    """Announced, and open from 1 to 31 May 2026."""

    class Meta:
        model = AwardCycle

    award = factory.SubFactory(AwardFactory)
    name = factory.LazyAttribute(lambda cycle: f"{cycle.year}年{cycle.award.name}申报")
    year = 2026
    opens_on = dt.date(2026, 5, 1)
    closes_at = DEADLINE
    guidance = "先看条件。\n\n再备材料。"
    is_announced = True


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = CycleQuestion

    cycle = factory.SubFactory(CycleFactory)
    label = factory.Sequence(lambda n: f"问题{n}")
    position = factory.Sequence(lambda n: n + 1)


class RequirementFactory(DjangoModelFactory):
    class Meta:
        model = MaterialRequirement

    cycle = factory.SubFactory(CycleFactory)
    name = factory.Sequence(lambda n: f"材料{n}")
    position = factory.Sequence(lambda n: n + 1)


def promise(item: BenefitItem, tier: str = "ordinary", quantity: int | None = None) -> Allowance:
    """The tier may use the item: a number of times, or without limit."""
    return Allowance.objects.create(
        item=item,
        tier=TierFactory(code=tier),
        medium=Medium.RIGHT,
        extent=Extent.UNLIMITED if quantity is None else Extent.QUANTITY,
        quantity=quantity,
        clause=item.clause,
        starts_on=dt.date(2015, 1, 1),
    )


def applicant(**fields) -> MemberUnit:
    """A unit in good standing in all of 2026."""
    return member(**{"paid": (2025, 2026)} | fields)


def person_of(unit: MemberUnit, **fields):
    user = UserFactory(**fields)
    RepresentativeFactory(user=user, unit=unit)
    return user


def upload(name: str = "证明.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def docx(*parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in ("word/document.xml", *parts):
            archive.writestr(part, "<x/>")
    return made.getvalue()


def draft(unit=None, cycle=None, *, at=AT, by=None, title="深部找矿新方法") -> AwardApplication:
    """A draft in a cycle that the unit may apply in."""
    if cycle is None:
        cycle = CycleFactory()
    if not cycle.award.benefit_item.allowances.exists():
        promise(cycle.award.benefit_item)
    unit = unit or applicant()
    by = by or person_of(unit)
    return applying.start(cycle=cycle, unit=unit, at=at, by=by, title=title)


def submitted(unit=None, cycle=None, *, at=AT, **fields) -> AwardApplication:
    application = draft(unit, cycle, at=at, **fields)
    return applying.submit(application=application, at=at, by=application.created_by)


def one_of_each_award(unit: MemberUnit, *, by, at: dt.datetime) -> list:
    """An award, a cycle that closed a day later, and an application of the unit with a file."""
    award = Award.objects.get(code="china-patent-award")
    cycle = CycleFactory(
        award=award, year=at.year, opens_on=at.date(), closes_at=at + dt.timedelta(days=1)
    )
    application = applying.start(cycle=cycle, unit=unit, at=at, by=by, title="样例")
    material = applying.attach(
        application=application, requirement=None, upload=upload(), at=at, by=by
    )
    return [award, cycle, applying.submit(application=application, at=at, by=by), material]
