"""A bank's file is taken in once; its lines are matched and nothing is booked by it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from files.kinds import LIMIT
from members.folding import fold
from members.models import (
    BankStatement,
    ColumnMapping,
    DuesPayment,
    LineShare,
    StatementLine,
)
from members.statement_importing import (
    AlreadyImported,
    NothingNew,
    discard,
    match,
    match_again,
    name_columns,
    receive,
)
from members.statement_reading import guessed
from tests.factories import StandardFactory, TierFactory, UnitFactory, UserFactory, member
from tests.members.banking import TITLES, csv_file, line, xlsx_file

pytestmark = pytest.mark.django_db

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
AT = dt.datetime(2026, 3, 31, 9, tzinfo=SHANGHAI)
State = StatementLine.State


@pytest.fixture
def clerk():
    return UserFactory(is_staff=True)


def take(upload, clerk) -> BankStatement:
    statement = receive(upload=upload, at=AT, by=clerk)
    if statement.is_draft:
        statement = name_columns(
            statement=statement, columns=guessed(statement.titles), at=AT, by=clerk
        )
    match(statement)
    return statement


def owing(name="甲矿业有限公司", **fields):
    for year in (2025, 2026):
        StandardFactory(tier=TierFactory(), year=year)
    return member(name=name, paid=(2025,), **fields)


def everything() -> list:
    models = (BankStatement, StatementLine, LineShare, DuesPayment, ColumnMapping)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_the_columns_of_a_bank_are_asked_once(clerk):
    first = receive(upload=csv_file(line()), at=AT, by=clerk)
    assert (first.is_draft, first.lines.count()) == (True, 0)

    name_columns(statement=first, columns=guessed(TITLES), at=AT, by=clerk)
    second = receive(upload=xlsx_file(line(payer="乙")), at=AT, by=clerk)

    assert (second.is_draft, second.lines.count()) == (False, 1)


def test_a_sure_line_is_proposed_and_not_booked(clerk):
    unit = owing()

    statement = take(csv_file(line(), line(payer="无关贸易公司", number="2")), clerk)

    states = list(statement.lines.values_list("state", flat=True))
    assert states == [State.PROPOSED, State.NOTHING_FOUND]
    share = statement.lines.first().shares.get()
    assert (share.unit, share.year, share.amount) == (unit, 2026, Decimal(5000))
    assert unit.payments.count() == 1


def test_the_same_file_twice_changes_nothing(clerk):
    owing()
    statement = take(csv_file(line()), clerk)
    before = everything()

    with pytest.raises(AlreadyImported) as caught:
        receive(upload=csv_file(line(), name="又一次.csv"), at=AT, by=clerk)

    assert caught.value.statement == statement
    assert everything() == before


def test_the_same_lines_saved_as_another_file_change_nothing(clerk):
    owing()
    take(csv_file(line(), line(payer="乙")), clerk)
    before = everything()

    for upload in (csv_file(line(), line(payer="乙"), encoding="gbk"), xlsx_file(line())):
        with pytest.raises(NothingNew), transaction.atomic():
            receive(upload=upload, at=AT, by=clerk)

    assert everything() == before


def test_of_an_overlapping_period_only_new_lines_are_taken(clerk):
    take(csv_file(line(), line(payer="乙")), clerk)

    later = take(csv_file(line(payer="乙"), line(payer="丙", paid_on="2026-03-05")), clerk)

    assert (later.known, [each.payer for each in later.lines.all()]) == (1, ["丙"])


def test_a_line_of_today_is_taken_in_the_first_hours_of_the_day_in_beijing(clerk):
    early = dt.datetime(2026, 3, 1, 16, tzinfo=dt.UTC)  # 2 March, midnight
    taken = receive(upload=csv_file(line(paid_on="2026-03-02")), at=early, by=clerk)

    name_columns(statement=taken, columns=guessed(taken.titles), at=early, by=clerk)

    assert [each.paid_on for each in taken.lines.all()] == [dt.date(2026, 3, 2)]


def test_a_file_that_is_too_large_or_no_sheet_is_refused_before_it_is_read(clerk):
    large, picture = csv_file(line()), xlsx_file(line(), name="流水.xlsx")
    large.size = LIMIT + 1
    picture.file.write(b"\x89PNG")

    for upload in (large, picture):
        with pytest.raises(ValidationError), transaction.atomic():
            receive(upload=upload, at=AT, by=clerk)

    assert not BankStatement.objects.exists()


def test_a_file_with_one_bad_cell_saves_nothing(clerk):
    take(csv_file(line(payer="乙")), clerk)
    before = everything()

    with pytest.raises(ValidationError), transaction.atomic():
        receive(upload=csv_file(line(), line(amount="五千")), at=AT, by=clerk)

    assert everything() == before


def test_a_payment_of_today_in_shanghai_is_taken(clerk):
    late = dt.datetime(2026, 3, 31, 23, 30, tzinfo=SHANGHAI)
    take(csv_file(line(payer="乙")), clerk)

    statement = receive(upload=csv_file(line(paid_on="2026-03-31")), at=late, by=clerk)

    assert statement.lines.get().paid_on == dt.date(2026, 3, 31)


def test_two_lines_for_the_same_dues_are_not_both_sure(clerk):
    owing()

    first = take(csv_file(line(number="1"), line(number="2")), clerk)
    second = take(csv_file(line(number="3")), clerk)

    assert list(first.lines.values_list("state", "doubt")) == [
        (State.PROPOSED, ""),
        (State.DOUBTFUL, "already_proposed"),
    ]
    assert second.lines.get().doubt == "already_proposed"


def test_open_lines_are_matched_again_after_the_register_changed(clerk):
    statement = take(csv_file(line()), clerk)
    assert statement.lines.get().state == State.NOTHING_FOUND
    owing(name="更名矿业有限公司").former_names.create(name="甲矿业有限公司")

    count = match_again(statement=statement, by=clerk)
    match(statement)

    found = statement.lines.get()
    assert (count, found.state, found.candidates.get().rule) == (1, "proposed", "former_name")


def test_matching_takes_the_same_queries_for_one_line_and_for_three(
    clerk, django_assert_max_num_queries
):
    owing()
    take(csv_file(line()), clerk)
    names = ["乙矿业有限公司", "丙矿业有限公司", "丁矿业有限公司"]
    for name in names:
        owing(name=name)
    statement = receive(upload=csv_file(*(line(payer=name) for name in names)), at=AT, by=clerk)

    with django_assert_max_num_queries(19):
        match(statement)

    assert statement.lines.filter(state=State.PROPOSED).count() == 3


def test_a_statement_is_discarded_until_something_of_it_is_booked(clerk):
    owing()
    statement = take(csv_file(line()), clerk)

    discard(statement=statement, by=clerk)

    assert (BankStatement.objects.count(), StatementLine.objects.count()) == (0, 0)
    assert take(csv_file(line()), clerk).lines.get().state == State.PROPOSED


def test_columns_are_not_named_twice(clerk):
    statement = take(csv_file(line()), clerk)

    with pytest.raises(ValidationError):
        name_columns(statement=statement, columns=guessed(TITLES), at=AT, by=clerk)


def test_a_folded_duplicate_is_found_under_the_unit_that_was_kept(clerk):
    kept = owing("甲矿业有限公司")
    duplicate = UnitFactory(name="甲矿业责任有限公司")
    fold(kept=kept, duplicate=duplicate, why="同一单位", by=clerk, at=AT)

    statement = take(
        csv_file(line(payer="甲矿业责任有限公司", remark="2026年度会费", amount="5000")), clerk
    )

    (share,) = LineShare.objects.filter(line__statement=statement)
    assert (share.unit, share.year) == (kept, 2026)
