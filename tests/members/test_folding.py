"""One organisation entered twice: everything goes to the row kept, and nothing is double."""

import datetime as dt
from collections import Counter

import pytest
from django.core.exceptions import ValidationError

from benefits.models import ExceptionalGrant
from members.duplicates import candidates
from members.folding import Stopped, columns, fold, preview
from members.models import (
    Contact,
    DuesPayment,
    FoldedDuplicate,
    MemberUnit,
    UnitMerger,
)
from members.standing import Basis, standing
from publications.distribution import plan
from publications.models import Delivery
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    CommitteeFactory,
    ContactFactory,
    PaymentFactory,
    RepresentativeFactory,
    SeatFactory,
    StandardFactory,
    TierFactory,
    UnitFactory,
    UserFactory,
    member,
)
from tests.members.factories import day
from tests.permissions.world import World
from tests.publications.mailing import promised_issue

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
ON = day("2026-03-13")


def folded(kept, duplicate, **more) -> FoldedDuplicate:
    by = UserFactory()
    return fold(kept=kept, duplicate=duplicate, why="同一单位", by=by, at=AT, **more)


def spells(rows, *names) -> list[tuple]:
    return list(rows.order_by(names[0]).values_list(*names))


def rows_of(unit: MemberUnit) -> Counter:
    return Counter(
        {
            f"{model._meta.label}.{column.name}": count
            for model, column in columns()
            if (count := model._base_manager.filter(**{column.attname: unit.pk}).count())
        }
    )


# --- What goes ---------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.django_db
def test_every_row_of_every_model_goes_and_none_is_lost(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    world = World()
    duplicate, kept = world.ours, UnitFactory(name="保留的单位")
    UnitMerger.objects.create(
        absorbed=world.lapsed,
        into=duplicate,
        on=ON,
        resolution="-",
        recorded_by=UserFactory(),
        recorded_at=AT,
    )
    before = rows_of(duplicate)
    money = DuesPayment.objects.filter(unit=duplicate).count()

    record = folded(kept, duplicate)

    after = rows_of(kept)
    after["members.FormerName.unit"] -= 1  # the name of the duplicate
    after["members.FoldedDuplicate.kept"] -= 1
    after["members.MemberUnit.duplicate_of"] -= 1
    assert +after == before
    assert rows_of(duplicate) == Counter({"members.FoldedDuplicate.duplicate": 1})
    assert record.set_aside == []
    assert DuesPayment.objects.filter(unit=kept).count() == money > 0


@pytest.mark.django_db
def test_the_duplicate_is_left_empty_and_found_by_nobody():
    kept, duplicate = UnitFactory(name="青禾铜业有限公司"), UnitFactory(name="青禾铜业")
    code = duplicate.credit_code

    record = folded(kept, duplicate)

    duplicate.refresh_from_db()
    assert (duplicate.name, duplicate.credit_code) == (f"青禾铜业 #{duplicate.pk}", None)
    assert duplicate.duplicate_of == kept
    assert (record.name, record.credit_code) == ("青禾铜业", code)
    assert list(MemberUnit.objects.named("青禾铜业")) == [kept]
    assert list(MemberUnit.objects.named(code)) == []


@pytest.mark.django_db
def test_the_kept_row_takes_name_and_code_of_the_duplicate_where_those_are_right():
    kept, duplicate = UnitFactory(name="青禾铜厂"), UnitFactory(name="青禾铜业有限公司")
    code = duplicate.credit_code

    folded(kept, duplicate, take=("name", "credit_code"))

    kept.refresh_from_db()
    assert (kept.name, kept.credit_code) == ("青禾铜业有限公司", code)
    assert [former.name for former in kept.former_names.all()] == ["青禾铜厂"]


@pytest.mark.django_db
def test_a_row_is_folded_once():
    kept, duplicate, third = UnitFactory.create_batch(3)
    folded(kept, duplicate)

    for one, other in ((third, duplicate), (duplicate, third), (kept, kept)):
        with pytest.raises(ValidationError):
            folded(one, other)


# --- Standing ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_dues_paid_under_either_row_count_for_the_one_that_is_kept():
    StandardFactory(tier=TierFactory(), year=2025)
    kept, duplicate = member(), member()
    PaymentFactory(unit=kept, year=2025, amount=2_000)
    PaymentFactory(unit=duplicate, year=2025, amount=3_000)

    shown = preview(kept=kept, duplicate=duplicate, on=ON)
    assert standing(kept, ON).is_good is False
    folded(kept, duplicate)

    assert (shown.kept_before.is_good, shown.duplicate_before.is_good) == (False, False)
    assert (shown.kept_after.is_good, standing(kept, ON).is_good) == (True, True)
    assert standing(duplicate, ON).basis == Basis.NOT_A_MEMBER


@pytest.mark.django_db
def test_two_memberships_at_the_same_time_become_one_over_the_days_of_both():
    kept, duplicate = UnitFactory(), UnitFactory()
    ApplicationFactory(unit=kept, decided_on=day("2020-01-01"), ended_on=day("2024-12-31"))
    ApplicationFactory(unit=duplicate, decided_on=day("2018-05-01"), ended_on=day("2022-01-01"))
    ApplicationFactory(unit=duplicate, decided_on=day("2025-06-01"))

    record = folded(kept, duplicate)

    assert spells(kept.applications, "decided_on", "ended_on") == [
        (day("2018-05-01"), day("2024-12-31")),
        (day("2025-06-01"), None),
    ]
    assert [row["model"] for row in record.set_aside] == ["members.membershipapplication"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        # The other's days lie around the own ones.
        (
            [("council", "2020-01-01", "2021-12-31")],
            ("ordinary", "2018-01-01", None),
            [
                ("ordinary", "2018-01-01", "2019-12-31"),
                ("council", "2020-01-01", "2021-12-31"),
                ("ordinary", "2022-01-01", None),
            ],
        ),
        # The own row covers them all.
        (
            [("council", "2018-01-01", None)],
            ("ordinary", "2019-01-01", "2019-12-31"),
            [("council", "2018-01-01", None)],
        ),
        # 29 February is between the two.
        (
            [("council", "2020-03-01", None)],
            ("ordinary", "2020-02-29", None),
            [("ordinary", "2020-02-29", "2020-02-29"), ("council", "2020-03-01", None)],
        ),
        # They do not meet.
        (
            [("council", "2020-01-01", "2020-12-31")],
            ("ordinary", "2021-01-01", None),
            [("council", "2020-01-01", "2020-12-31"), ("ordinary", "2021-01-01", None)],
        ),
    ],
)
def test_the_tiers_of_the_duplicate_fill_the_days_without_one(own, other, expected):
    kept, duplicate = UnitFactory(), UnitFactory()
    for unit, rows in ((kept, own), (duplicate, [other])):
        for code, first, last in rows:
            AppointmentFactory(
                unit=unit, tier=TierFactory(code=code), starts_on=day(first), ends_on=day(last)
            )

    folded(kept, duplicate)

    assert spells(kept.appointments, "starts_on", "ends_on", "tier__code") == [
        (day(first), day(last), code) for code, first, last in expected
    ]


@pytest.mark.django_db
def test_seats_become_one_for_each_committee():
    kept, duplicate = UnitFactory(), UnitFactory()
    for unit, code in ((kept, "a"), (duplicate, "a"), (duplicate, "b")):
        SeatFactory(unit=unit, committee=CommitteeFactory(code=code))

    folded(kept, duplicate)

    assert sorted(kept.seats.values_list("committee__code", flat=True)) == ["a", "b"]


# --- What is there twice -----------------------------------------------------------------------


@pytest.mark.django_db
def test_contacts_with_one_address_become_one_and_their_mail_goes_with_them():
    kept = member(paid=(2025,))
    own = ContactFactory(unit=kept, email="li@unit.example", roles=["finance"])
    duplicate = member(paid=(2025,))
    ContactFactory(
        unit=duplicate, email="LI@unit.example", roles=["bulletin"], deputy_roles=["finance"]
    )
    plan(issue=promised_issue(), at=AT)

    folded(kept, duplicate)

    contact = kept.contacts.get()
    assert (contact.pk, contact.roles, contact.deputy_roles) == (
        own.pk,
        ["bulletin", "finance"],
        [],
    )
    assert Delivery.objects.get(address="LI@unit.example").contact == own


@pytest.mark.django_db
def test_a_person_of_both_has_one_seat_and_the_larger_role():
    kept, duplicate = UnitFactory(), UnitFactory()
    user = UserFactory()
    RepresentativeFactory(unit=kept, user=user, role="member")
    RepresentativeFactory(unit=duplicate, user=user, role="manager")

    folded(kept, duplicate)

    assert [seat.role for seat in kept.representatives.all()] == ["manager"]


@pytest.mark.django_db
def test_a_row_that_is_there_already_is_set_aside_and_kept_in_the_record():
    kept, duplicate = member(), member()
    distribution = plan(issue=promised_issue(), at=AT)

    record = folded(kept, duplicate)

    assert distribution.deliveries.filter(unit=kept).count() == 1
    assert distribution.deliveries.filter(unit=duplicate).count() == 0
    assert "publications.delivery" in [row["model"] for row in record.set_aside]


@pytest.mark.django_db
def test_what_cannot_be_decided_by_rule_stops_the_whole():
    kept, duplicate = UnitFactory(), UnitFactory()
    for unit in (kept, duplicate):
        ExceptionalGrant.objects.create(
            unit=unit, reason="-", approved_by=UserFactory(), starts_on=ON, ends_on=ON
        )
    contact = ContactFactory(unit=duplicate)

    shown = preview(kept=kept, duplicate=duplicate, on=ON)
    with pytest.raises(Stopped) as caught:
        folded(kept, duplicate)

    assert [type(stop.row) for stop in shown.outcome.stops] == [ExceptionalGrant]
    assert len(caught.value.stops) == 1
    contact.refresh_from_db()
    assert contact.unit == duplicate


@pytest.mark.django_db
def test_the_preview_changes_nothing():
    kept, duplicate = UnitFactory(), member(paid=(2025,))
    ContactFactory(unit=duplicate)
    before = rows_of(duplicate)

    shown = preview(kept=kept, duplicate=duplicate, on=ON)

    assert rows_of(duplicate) == before
    assert shown.outcome.moved["members.Contact"] == 1
    assert FoldedDuplicate.objects.count() == 0


# --- Candidates --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_looks_like_one_organisation():
    a = UnitFactory(name="青禾铜业（集团）有限公司")
    b = UnitFactory(name="青禾铜业(集团)有限公司")
    c = UnitFactory(name="青禾铜业股份有限公司")
    d = UnitFactory(name="北原矿山装备有限公司")
    e = UnitFactory(name="别名矿业有限公司")
    e.former_names.create(name="北原矿山装备有限公司 ")
    f, g = UnitFactory(name="甲乙丙"), UnitFactory(name="丁戊己")
    ContactFactory(unit=f, email="li@x.example")
    ContactFactory(unit=g, email="Li@x.example")
    UnitFactory(name="无关矿业有限公司")

    found = {(each.one, each.other): each.sign.name for each in candidates()}

    assert found == {
        (a, b): "NAME",
        (a, c): "CORE",
        (b, c): "CORE",
        (d, e): "NAME",
        (f, g): "EMAIL",
    }
    folded(a, b)
    assert (a, b) not in {(each.one, each.other) for each in candidates()}
    assert Contact.objects.count() == 2
