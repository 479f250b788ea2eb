"""Invented events: one past, some to come, one of them full, and who has registered."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.models import User
from benefits.entitlement import entitled_units
from events.check_in import check_in
from events.models import Attendee, Event, EventSeries
from events.persons import Person
from events.registration import register
from members.models import MemberUnit

ZONE = ZoneInfo("Asia/Shanghai")
# (series, first day from today, days, name, place, capacity, fee, member price)
EVENTS = [
    (
        "china-mining-conference",
        -45,
        3,
        "云海矿业大会（示例）",
        "天津（示例场馆）",
        800,
        2000,
        1600,
    ),
    (
        "salons-and-lectures",
        12,
        1,
        "深部找矿沙龙（示例）",
        "线上与北京（示例会议室）",
        12,
        None,
        None,
    ),
    ("explorers-annual-meeting", 24, 2, "探矿者年会（示例）", "西安（示例场馆）", 300, 1800, 1200),
    ("training-courses", 52, 2, "矿山测量业务培训班（示例）", "北京（示例教室）", 60, 1500, 900),
]
PEOPLE = [
    "罗晓明",
    "段文静",
    "白志强",
    "温雅琴",
    "江海波",
    "尹春燕",
    "柴国庆",
    "路思远",
    "樊丽华",
    "祝长河",
    "邵一鸣",
    "康玉梅",
]
TITLES = ["总工程师", "地质部经理", "办公室主任", "技术员"]


def load_events(*, on: dt.date, team: User) -> None:
    """Write the demo events around the day ``on``, and registrations of entitled units."""
    for code, *fields in EVENTS:
        event = write_event(EventSeries.objects.get(code=code), on, *fields)
        register_some(event, on)
    past = Event.objects.earliest("starts_on")
    at = dt.datetime.combine(past.starts_on, dt.time(9, 5), ZONE)
    for attendee in Attendee.objects.live().filter(registration__event=past)[:14]:
        check_in(attendee=attendee, at=at, by=team)


def write_event(series, on, days, length, name, place, capacity, fee, price) -> Event:
    first = on + dt.timedelta(days=days)
    return Event.objects.create(
        series=series,
        name=name,
        starts_on=first,
        ends_on=first + dt.timedelta(days=length - 1),
        place=place,
        is_announced=True,
        capacity=capacity,
        fee=None if fee is None else Decimal(fee),
        member_price=None if price is None else Decimal(price),
        registration_opens_on=first - dt.timedelta(days=70),
        registration_closes_on=first - dt.timedelta(days=3),
        changes_until=first - dt.timedelta(days=2),
    )


def register_some(event: Event, on: dt.date) -> None:
    """Ten entitled units send one to three people each; their liaisons register them."""
    day = min(on, event.registration_closes_on)
    at = dt.datetime.combine(day, dt.time(8), ZONE)
    units = list(entitled_units(event.series.benefit_item, event.starts_on).order_by("pk"))
    for index, unit in enumerate(units[3:13]):
        people = [
            Person(
                name=PEOPLE[(index * 3 + each) % len(PEOPLE)],
                mobile=f"1380000{event.pk % 10}{index:02}{each}",
                job_title=TITLES[(index + each) % len(TITLES)],
            )
            for each in range(1 + index % 3)
        ]
        register(event=event, unit=unit, people=people, at=at, by=liaison(unit))


def liaison(unit: MemberUnit) -> User:
    """A user in the name of the unit's first contact; cannot sign in."""
    contact = unit.contacts.order_by("pk").first()
    user, is_new = User.objects.get_or_create(
        email=f"unit{unit.pk}@people.example",
        defaults={"name": contact.name if contact else "联络员"},
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
