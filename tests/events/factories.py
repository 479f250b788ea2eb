"""Explicit factories for events."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from benefits.models import BenefitGroup, BenefitItem
from events.models import Event, EventSeries


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = BenefitGroup
        django_get_or_create = ["code"]

    code = "events"
    name = "品牌会议、活动及权益"
    position = 2


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = BenefitItem
        django_get_or_create = ["code"]

    group = factory.SubFactory(GroupFactory)
    code = "china-mining-conference"
    name = factory.SelfAttribute("code")
    position = factory.Sequence(lambda n: n + 1)
    period = BenefitItem.Period.ANNUAL
    clause = "品牌会议、活动及权益 第1项"


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = EventSeries
        django_get_or_create = ["code"]

    code = "china-mining-conference"
    name = factory.SelfAttribute("code")
    benefit_item = factory.SubFactory(ItemFactory, code=factory.SelfAttribute("..code"))


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    series = factory.SubFactory(SeriesFactory)
    name = factory.Sequence(lambda n: f"第{n}届样本大会")
    starts_on = factory.Sequence(lambda n: dt.date(2026, 1, 1) + dt.timedelta(days=7 * n))
    ends_on = factory.LazyAttribute(lambda event: event.starts_on + dt.timedelta(days=2))
    place = "样本市"
