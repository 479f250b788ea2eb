"""Accepted texts of member units, as services leaves them for the editors."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from news.models import NewsSubmission
from tests.factories import UnitFactory, UserFactory
from tests.publications.factories import ItemFactory


class NewsFactory(DjangoModelFactory):
    class Meta:
        model = NewsSubmission

    unit = factory.SubFactory(UnitFactory)
    item = factory.SubFactory(ItemFactory, code="member-news")
    title = factory.Sequence(lambda n: f"第{n}则会员动态")
    body = "正文。"
    filed_on = dt.date(2026, 3, 2)
    accepted_at = factory.Sequence(
        lambda n: dt.datetime(2026, 3, 3, tzinfo=dt.UTC) + dt.timedelta(minutes=n)
    )
    accepted_by = factory.SubFactory(UserFactory)
