"""Explicit factories for publications and what hangs on them."""

import datetime as dt

import factory
import pgtrigger
from factory.django import DjangoModelFactory

from benefits.models import Allowance, BenefitGroup, BenefitItem, Extent, Medium
from members.models import MemberUnit
from publications import review
from publications.content import content_of, digest_of
from publications.models import Article, Issue, Publication, ReviewStep, Section
from tests.factories import ContactFactory, TierFactory, UserFactory, member

SIGNED_AT = dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)
GUARDS = (
    "publications.Issue:content_guarded",
    "publications.Issue:release_gated",
    "publications.Section:content_guarded",
    "publications.Article:content_guarded",
)


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = BenefitGroup
        django_get_or_create = ["code"]

    code = "information"
    name = "行业信息服务"
    position = 1


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = BenefitItem
        django_get_or_create = ["code"]

    group = factory.SubFactory(GroupFactory)
    code = "weekly-bulletin"
    name = factory.LazyAttribute(lambda item: f"《{item.code}》")
    position = factory.Sequence(lambda n: n + 1)
    period = BenefitItem.Period.WEEKLY
    clause = "行业信息服务 第8项"


class PublicationFactory(DjangoModelFactory):
    """The weekly bulletin, sent by e-mail, unless the test says otherwise."""

    class Meta:
        model = Publication
        django_get_or_create = ["code"]

    code = "weekly-bulletin"
    name = factory.LazyAttribute(
        lambda row: "《中国矿业信息》" if row.code == "weekly-bulletin" else f"《{row.code}》"
    )
    benefit_item = factory.SubFactory(ItemFactory, code=factory.SelfAttribute("..code"))
    is_mailed = True


class StandingFactory(DjangoModelFactory):
    """A row that stands in the database when the test begins, whichever way it came there.

    What the database asks of a release and of later changes is not asked of it; tests about that
    make their changes by the verbs or by statements of their own.
    """

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with pgtrigger.ignore(*GUARDS):
            return super()._create(model_class, *args, **kwargs)


class IssueFactory(StandingFactory):
    """A draft without contents."""

    class Meta:
        model = Issue

    publication = factory.SubFactory(PublicationFactory)
    issued_on = dt.date(2026, 3, 13)
    year = factory.LazyAttribute(lambda issue: issue.issued_on.year)
    number = factory.Sequence(lambda n: n + 1)


class SectionFactory(StandingFactory):
    class Meta:
        model = Section

    issue = factory.SubFactory(IssueFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = "重要新闻"


class ArticleFactory(StandingFactory):
    class Meta:
        model = Article

    section = factory.SubFactory(SectionFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"第{n}篇样本文章")
    body = "正文。"


def issue_with_article(**fields) -> Issue:
    issue = IssueFactory(**fields)
    ArticleFactory(section__issue=issue)
    return issue


def signed_off(issue: Issue, *, at: dt.datetime = SIGNED_AT) -> Issue:
    """The issue, submitted and signed by three people as it stands now."""
    review.submit(issue=issue, by=UserFactory(is_superuser=True), at=at, note="已看过")
    for stage in ReviewStep.Stage:
        approved(issue, stage, at=at)
    return issue


def gone_out(issue: Issue, *, at: dt.datetime) -> None:
    """The issue stands as released, whichever way it came there."""
    with pgtrigger.ignore(*GUARDS):
        Issue.objects.filter(pk=issue.pk).update(state="released", released_at=at)


def approved(issue: Issue, stage: str, *, by=None, at: dt.datetime = SIGNED_AT) -> ReviewStep:
    """One signature on the contents as they stand now."""
    return review.approve(
        issue=issue,
        stage=stage,
        digest=digest_of(content_of(issue)),
        by=by or UserFactory(is_superuser=True),
        at=at,
    )


def promised(item: BenefitItem, *tiers: str) -> BenefitItem:
    """The charter promises the item electronically, without limit, to the tiers."""
    for tier in tiers or ("ordinary",):
        Allowance.objects.create(
            item=item,
            tier=TierFactory(code=tier),
            medium=Medium.ELECTRONIC,
            extent=Extent.UNLIMITED,
            clause=item.clause,
            starts_on=dt.date(2015, 1, 1),
        )
    return item


def recipient(*, paid: tuple[int, ...] = (2025,), **fields) -> MemberUnit:
    """A member since 2019 with a bulletin contact, entitled in March 2026."""
    unit = member(paid=paid, **fields)
    ContactFactory(unit=unit)
    return unit
