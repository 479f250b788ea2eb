"""Explicit factories for publications and what hangs on them."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from benefits.models import Allowance, BenefitGroup, BenefitItem, Extent, Medium
from members.models import MemberUnit
from publications.models import Article, Issue, Publication, Section
from tests.factories import ContactFactory, TierFactory, member


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


class IssueFactory(DjangoModelFactory):
    """A draft without contents."""

    class Meta:
        model = Issue

    publication = factory.SubFactory(PublicationFactory)
    issued_on = dt.date(2026, 3, 13)
    year = factory.LazyAttribute(lambda issue: issue.issued_on.year)
    number = factory.Sequence(lambda n: n + 1)


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = Section

    issue = factory.SubFactory(IssueFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = "重要新闻"


class ArticleFactory(DjangoModelFactory):
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
