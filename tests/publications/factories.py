"""Explicit factories for publications and what hangs on them."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from benefits.models import BenefitGroup, BenefitItem
from publications.models import Article, Issue, Publication, Section


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
