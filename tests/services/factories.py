"""Services, requests and studies, every date written where it matters."""

import datetime as dt

import factory
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from benefits.models import Allowance, BenefitGroup, BenefitItem, Extent, Medium
from cases.questions import Kind
from members.models import MemberUnit
from services import asking, handling, studies
from services.models import (
    OfferingQuestion,
    ServiceOffering,
    ServiceRequest,
    Stage,
    Study,
    StudyCopy,
    StudyFile,
)
from services.models.studies import Part
from tests.factories import RepresentativeFactory, TierFactory, UserFactory, member, redated

ON = dt.date(2026, 3, 9)  # a Monday
AT = dt.datetime(2026, 3, 9, 2, tzinfo=dt.UTC)  # ten in the morning in Beijing
BEGINNING = dt.date(2015, 1, 1)


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = BenefitGroup
        django_get_or_create = ["code"]

    code = "other"
    name = "其他服务"
    position = 5


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = BenefitItem
        django_get_or_create = ["code"]

    group = factory.SubFactory(GroupFactory)
    code = "consulting"
    name = factory.LazyAttribute(lambda item: f"权益项 {item.code}")
    position = factory.Sequence(lambda n: n + 1)
    period = BenefitItem.Period.YEAR_ROUND
    clause = "其他服务 第6项"


class OfferingFactory(DjangoModelFactory):
    """A service to be answered within ten working days."""

    class Meta:
        model = ServiceOffering
        django_get_or_create = ["code"]

    code = "consulting"
    name = factory.LazyAttribute(lambda row: f"服务 {row.code}")
    summary = "请专家解答。"
    benefit_item = factory.SubFactory(ItemFactory, code=factory.SelfAttribute("..code"))
    target_working_days = 10


ALL = ("vice_president", "executive_council", "council", "ordinary")
EVERYONE, CONCERNED = Allowance.Audience.EVERYONE, Allowance.Audience.CONCERNED


def offering(
    code: str = "consulting", *, item: dict | None = None, audience: str = EVERYONE, **fields
) -> ServiceOffering:
    """A service with a title, a text and two stages, promised to every tier without limit."""
    found = ItemFactory(code=code, **(item or {}))
    made = OfferingFactory(code=code, benefit_item=found, **fields)
    question(made, "题目", role=OfferingQuestion.Role.TITLE, position=1)
    question(made, "内容", role=OfferingQuestion.Role.TEXT, kind=Kind.LONG, position=2)
    Stage.objects.bulk_create(
        Stage(offering=made, position=position, name=name)
        for position, name in enumerate(("受理", "答复"), start=1)
    )
    promise(found, *ALL, audience=audience)
    return made


def question(made: ServiceOffering, label: str, **fields) -> OfferingQuestion:
    return OfferingQuestion.objects.create(offering=made, label=label, **fields)


def promise(item: BenefitItem, *tiers: str, audience: str = EVERYONE, part: int = 1) -> None:
    """The service itself, without limit, for each of the tiers."""
    Allowance.objects.bulk_create(
        Allowance(
            item=item,
            tier=TierFactory(code=tier),
            medium=Medium.RIGHT,
            extent=Extent.UNLIMITED,
            audience=audience,
            part=part,
            clause=item.clause,
            starts_on=BEGINNING,
        )
        for tier in tiers
    )


def paid_up(tier: str = "ordinary", **fields) -> MemberUnit:
    """A member since 2019 that has paid the dues of 2025 and 2026."""
    return member(tier=tier, paid=(2025, 2026), **fields)


def person(unit: MemberUnit, role: str = "member", **fields):
    """Somebody who acts for the unit."""
    return RepresentativeFactory(unit=unit, user=UserFactory(**fields), role=role).user


def staff(**fields):
    return UserFactory(is_staff=True, **fields)


def answers_to(made: ServiceOffering, title: str = "选矿回收率", text: str = "正文") -> dict:
    texts = {OfferingQuestion.Role.TITLE: title, OfferingQuestion.Role.TEXT: text}
    return {each.pk: texts.get(each.role, "") for each in made.questions.all()}


def asked(made: ServiceOffering | None = None, unit=None, by=None, at=AT, **texts):
    """A request that a unit in good standing has filed."""
    made = made or offering()
    unit = unit or good_in(at.year)
    by = by or person(unit)
    return asking.ask(unit=unit, offering=made, answers=answers_to(made, **texts), by=by, at=at)


def in_hand(request: ServiceRequest | None = None, owner=None, at=AT) -> ServiceRequest:
    """A request that somebody handles."""
    owner = owner or staff()
    return handling.accept(request=request or asked(), owner=owner, by=owner, at=at)


def delivered(request: ServiceRequest | None = None, at=AT) -> ServiceRequest:
    request = in_hand(request)
    return handling.close(request=request, delivered="已书面答复。", by=request.owner, at=at)


def upload(name: str = "说明.pdf", content: bytes = b"%PDF-1.7 text") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def problems() -> ServiceOffering:
    """The item with two promises: for units concerned, and for vice-president units anyhow."""
    made = offering("specific-problems", audience=CONCERNED)
    promise(made.benefit_item, "vice_president", part=2)
    return made


def study(made=None, *, concerned=(), common=True, issued_on: dt.date = ON, **fields) -> Study:
    """A study with its files, not yet published."""
    row = Study.objects.create(
        title=fields.pop("title", "尾矿库整治专题"),
        offering=made
        or ServiceOffering.objects.filter(code="specific-problems").first()
        or problems(),
        issued_on=issued_on,
        **fields,
    )
    for unit in concerned:
        StudyCopy.objects.create(study=row, unit=unit)
    file_of(row, Part.REPORT)
    if common:
        file_of(row, Part.COMMON)
    return row


def file_of(row: Study, part: str) -> StudyFile:
    stored = StudyFile(study=row, part=part, uploaded_by=staff(), uploaded_at=AT)
    stored.hold(ContentFile(b"%PDF-1.7 " + part.encode(), name=f"{part}.pdf"))
    stored.save()
    return stored


def one_of_each_service(unit: MemberUnit, *, by, at: dt.datetime) -> list:
    """A service of the catalogue, a request with a file for it, a study that concerns the unit."""
    made = ServiceOffering.objects.get(code="consulting")
    answers = {each.pk: (each.options() or ["样例"])[0] for each in made.questions.all()}
    request = asking.ask(unit=unit, offering=made, answers=answers, files=[upload()], by=by, at=at)
    problem = ServiceOffering.objects.get(code="specific-problems")
    published = study(problem, concerned=[unit], issued_on=at.date())
    studies.publish(study=published, by=staff(), at=at)
    return [made, request, published]


def good_today(tier: str = "ordinary", **fields) -> MemberUnit:
    """A member in good standing on the day of the test, whatever the day."""
    return good_in(timezone.localdate().year, tier=tier, **fields)


def good_in(year: int, *, tier: str = "ordinary", **fields) -> MemberUnit:
    """A member in good standing on every day of the year."""
    unit = member(tier=tier, paid=(year - 1, year), **fields)
    redated(unit.payments.filter(year=year), dt.date(year, 1, 1))
    return unit
