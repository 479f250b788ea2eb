"""The reasons as people read them."""

import pytest
from django.utils import translation

from members.standing import standing
from tests.members.factories import Past, day, load_standards

pytestmark = pytest.mark.django_db


def words(past: Past, on: str, language: str = "zh-hans") -> tuple[list[str], list[str]]:
    load_standards()
    unit = past.create()
    with translation.override(language):
        answer = standing(unit, day(on))
    return list(answer.because), list(answer.would_change)


def test_good_standing_names_every_payment():
    past = Past(paid=["2025 3000 2025-03-01", "2025 2500.5 2025-09-10"])
    past.refunded = ["2025 500.5 2025-10-01"]

    because, would_change = words(past, "2026-03-13")

    assert because == [
        "2019年5月1日入会。",
        "老会员上半年的服务以上年度会费为准，即2025年会费。",
        "2025年应缴会费¥5,000（按“会员单位”标准）。",
        "2025年3月1日缴纳2025年会费¥3,000。",
        "2025年9月10日缴纳2025年会费¥2,500.50。",
        "2025年10月1日退回2025年会费¥500.50。",
    ]
    assert would_change == []


def test_last_year_skipped_and_this_year_paid_is_good_from_1_july():
    because, would_change = words(Past(paid=["2026 5000 2026-01-05"]), "2026-03-13")

    assert because[-1] == "截至2026年3月13日，没有已确认的2025年会费缴纳记录。"
    assert would_change == [
        "2026年会费已缴清，自2026年7月1日起即可享受服务，无需再缴费。",
        "缴纳2025年会费¥5,000，自缴费之日起即可享受服务。",
    ]


def test_neither_year_paid_names_both_ways():
    _, would_change = words(Past(paid=["2026 2000 2026-01-05"]), "2026-03-13")

    assert would_change == [
        "缴纳2025年会费¥5,000，自缴费之日起即可享受服务。",
        "或缴纳2026年会费¥3,000，自2026年7月1日起即可享受服务。",
    ]


def test_a_membership_that_ends_before_july_gains_nothing_from_this_years_dues():
    _, would_change = words(Past(left="2026-06-30"), "2026-03-13")

    assert would_change == ["缴纳2025年会费¥5,000，自缴费之日起即可享受服务。"]


def test_what_is_missing_and_what_waits_for_finance():
    past = Past(paid=["2026 3000 2026-07-10"], unconfirmed=["2026 1500 2026-08-01"])

    because, would_change = words(past, "2026-09-01")

    assert because[1] == "下半年的服务以当年会费为准，即2026年会费。"
    assert because[-1] == "2026年会费还差¥2,000。"
    assert would_change == [
        "财务确认2026年8月1日缴纳的2026年会费¥1,500后，自缴费之日起计入。",
        "缴纳2026年会费¥500，自缴费之日起即可享受服务。",
    ]


def test_what_waits_for_finance_is_not_asked_for_twice():
    _, would_change = words(Past(unconfirmed=["2026 5000 2026-08-01"]), "2026-09-01")

    assert would_change == ["财务确认2026年8月1日缴纳的2026年会费¥5,000后，自缴费之日起计入。"]


def test_a_newcomer_reads_of_this_year():
    because, _ = words(Past(joined="2026-03-01"), "2026-03-13")

    assert because[:2] == ["2026年3月1日入会。", "当年新入会的单位以当年会费为准，即2026年会费。"]


GAPS = {
    "no tier": (
        Past(tiers=[]),
        "没有登记2026年的会员级别，应缴金额无法确定。",
        "请协会工作人员登记该单位2026年的会员级别。",
    ),
    "no standard": (
        Past(tiers=["executive_council 2019-05-01"]),
        "尚未登记“常务理事单位”2026年的会费标准。",
        "请协会工作人员登记“常务理事单位”2026年的会费标准。",
    ),
    "left": (
        Past(left="2026-03-31"),
        "2026年9月1日不是会员：会员资格到2026年3月31日为止。",
        "申请入会并获批，缴清入会当年会费后，即可享受服务。",
    ),
    "never joined": (
        Past(joined=None),
        "2026年9月1日不是会员：截至当日没有获批的入会申请。",
        "申请入会并获批，缴清入会当年会费后，即可享受服务。",
    ),
    "applied": (
        Past(joined=None, pending="2026-08-01"),
        "2026年9月1日不是会员：截至当日没有获批的入会申请。",
        "2026年8月1日提交的入会申请获批，并缴清入会当年会费后，即可享受服务。",
    ),
    "joins later": (
        Past(joined="2026-10-01"),
        "2026年9月1日不是会员：截至当日没有获批的入会申请。",
        "会员资格自2026年10月1日起算，届时缴清当年会费即可享受服务。",
    ),
    "joins later and has paid": (
        Past(joined="2026-10-01", paid=["2026 5000 2026-08-01"]),
        "2026年9月1日不是会员：截至当日没有获批的入会申请。",
        "2026年会费已缴清，自2026年10月1日起即可享受服务，无需再缴费。",
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_gaps_name_who_is_to_do_what(name):
    past, reason, way_out = GAPS[name]

    because, would_change = words(past, "2026-09-01")

    assert (because[-1], would_change) == (reason, [way_out])


def test_reasons_in_english():
    because, would_change = words(Past(), "2026-09-01", "en")

    assert because == [
        "Member since May 1, 2019.",
        "From July to December the dues of the same year decide: those of 2026.",
        "Due for 2026: ¥5,000, by the standard of “Ordinary member unit”.",
        "No confirmed payment for 2026 is dated by Sept. 1, 2026.",
    ]
    assert would_change == [
        "A payment of ¥5,000 for 2026: in good standing from the day of the payment."
    ]
