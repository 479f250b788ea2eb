"""The file says what the charter says. The table below was written by hand from the charter."""

import datetime as dt

import pytest

from benefits.basis import Basis
from benefits.entitlement import Entitlement, entitlements
from benefits.models import Allowance, BenefitGroup, BenefitItem
from members.models import SpecialCommittee, Tier
from tests.factories import member

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 3, 13)
TIERS = ["vice_president", "executive_council", "council", "ordinary"]
COMMITTEES = {
    "fluorite": 9,
    "nuclear_geology": 10,
    "ccs": 11,
    "geophilosophy": 12,
}

# What each tier gets, from the highest to the lowest; "" is nothing.
COPIES = ["3 paper", "2 paper", "1 paper", "unlimited electronic"]
FORUM = ["3 seat", "2 seat", "1 seat", "1 seat"]
ELECTRONIC = ["unlimited electronic"] * 4
RIGHT = ["unlimited right"] * 4
FREE = ["unlimited seat"] * 4
COUNCIL_AND_ABOVE = ["unlimited right"] * 3 + [""]
EXPECTED = {
    "行业信息服务": [
        ("《中国矿业上市企业研究报告》", "annual", COPIES),
        ("《中国矿业》蓝皮书", "annual", COPIES),
        ("《中国国际矿业大会文集》", "annual", ["2 paper", "1 paper", "", ""]),
        ("《中国矿业法律评论》", "annual", ["2 paper", "1 paper", "", ""]),
        ("半年《矿产品供需形势分析报告》", "half_yearly", ELECTRONIC),
        ("全年《矿产品供需形势分析报告》", "annual", ELECTRONIC),
        ("《中国矿业》杂志", "monthly", ["not stated paper"] * 4),
        ("《中国矿业信息》", "weekly", ELECTRONIC),
        ("《中国萤石行业报告》", "annual", [""] * 4),
        ("《核地矿信息》", "bimonthly", [""] * 4),
        ("《碳捕集与封存（CCS）通讯》", "bimonthly", [""] * 4),
        ("《地学哲学通讯》", "irregular", [""] * 4),
    ],
    "品牌会议、活动及权益": [
        ("中国国际矿业大会", "annual", ["10 seat", "5 seat", "2 seat", "1 seat"]),
        ("中国探矿者年会", "annual", ["5 seat", "3 seat", "2 seat", "1 seat"]),
        ("中国矿业循环经济暨绿色矿业发展论坛", "annual", FORUM),
        ("中国矿业联合会科技创新与可持续发展论坛", "irregular", FORUM),
        ("绿色矿山万里行", "irregular", FREE),
        ("沙龙、讲座、推介会", "irregular", FREE),
        ("专题业务培训班", "irregular", ["not stated discount"] * 4),
    ],
    "奖项申报及技术成果鉴定服务": [
        ("李四光地质科学奖", "biennial", RIGHT),
        ("中国专利奖", "annual", RIGHT),
        ("杰出工程师", "biennial", RIGHT),
        ("技术成果鉴定（推荐）", "irregular", RIGHT),
    ],
    "新闻媒体宣传及国际合作服务": [
        ("新入会会员风采宣传", "once", ["1 right"] * 4),
        ("会员单位工作动态及成果发布", "irregular", COUNCIL_AND_ABOVE),
        ("业务需求发布", "irregular", RIGHT),
        ("矿业项目展示或需求项目合作（矿业大会官网）", "on_demand", RIGHT),
        ("国际矿业交流合作（组团考察、企业对接；单边双边座谈）", "irregular", RIGHT),
        ("国外高层交流", "on_demand", RIGHT),
        ("组织参加矿业国际会议", "on_demand", RIGHT),
        ("“矿业大家谈”线上培训大讲堂", "irregular", RIGHT),
    ],
    "其他服务": [
        (
            "开展矿业领域相关法规、政策、规划、标准等研究及参与修订工作，向政府部门提出意见建议",
            "year_round",
            RIGHT,
        ),
        ("涉及行业发展热点、难点、重点问题向政府部门反映", "year_round", RIGHT),
        ("重要针对性问题向政府部门反映", "year_round", RIGHT),
        ("为会员单位维护合法权益和帮助解决发展遇到的问题", "year_round", RIGHT),
        ("按需为会员单位制定教育培训、人才培训和技术培训及服务", "year_round", RIGHT),
        ("按需提供咨询服务", "year_round", RIGHT),
        ("地质师及地勘单位星级评定", "annual", RIGHT),
        ("发布和制定团体标准", "year_round", COUNCIL_AND_ABOVE),
    ],
}  # fmt: skip
COUNTED = {
    "issue": EXPECTED["行业信息服务"],
    "event": EXPECTED["品牌会议、活动及权益"][:4],
    "unit": EXPECTED["新闻媒体宣传及国际合作服务"][:1],
}


def in_words(answer: Entitlement) -> str:
    if not answer.entitled:
        return ""
    amount = "unlimited" if answer.unlimited else answer.quantity or "not stated"
    return f"{amount} {answer.medium}"


def test_groups_items_and_periods_stand_in_the_charters_order(charter):
    found = {
        group.name: [(item.name, item.period) for item in group.items.order_by("position")]
        for group in BenefitGroup.objects.all()
    }

    assert found == {
        group: [(name, period) for name, period, _amounts in items]
        for group, items in EXPECTED.items()
    }
    assert [len(items) for items in found.values()] == [12, 7, 4, 8, 8]


def test_each_item_cites_its_group_and_number(charter):
    for item in BenefitItem.objects.select_related("group"):
        clause = f"{item.group.name} 第{item.position}项"
        cited = set(item.allowances.values_list("clause", flat=True))
        assert (item.clause, cited) == (clause, {clause})


def test_what_a_number_counts_against(charter):
    counted = dict(BenefitItem.objects.values_list("name", "counted_per"))

    expected = dict.fromkeys(counted, "nothing")
    for what, items in COUNTED.items():
        expected |= {name: what for name, _period, _amounts in items}
    assert counted == expected


def test_tiers_and_committees(charter):
    assert list(Tier.objects.values_list("code", "name")) == list(
        zip(TIERS, ["副会长单位", "常务理事单位", "理事单位", "会员单位"], strict=True)
    )
    assert set(SpecialCommittee.objects.values_list("code", flat=True)) == set(COMMITTEES)


@pytest.mark.parametrize("committee", [None, *COMMITTEES])
@pytest.mark.parametrize("tier", TIERS)
def test_every_item_for_every_tier_and_committee(charter, tier, committee):
    unit = member(tier=tier, paid=(2025,), committee=committee)

    answers = entitlements(unit, ON)

    expected = [row[2][TIERS.index(tier)] for items in EXPECTED.values() for row in items]
    if committee:
        expected[COMMITTEES[committee] - 1] = "unlimited electronic"
    assert [in_words(answer) for answer in answers] == expected
    assert [answer.basis for answer in answers] == [
        Basis.CHARTER if amount else Basis.NOT_PROMISED for amount in expected
    ]


def test_specific_problems_reach_the_unit_concerned_and_every_vice_president(charter):
    item = BenefitItem.objects.get(name="重要针对性问题向政府部门反映")

    rows = item.allowances.order_by("part", "tier__rank")

    concerned, everyone = Allowance.Audience.CONCERNED, Allowance.Audience.EVERYONE
    assert [(row.part, row.tier.code, row.audience) for row in rows] == [
        *((1, tier, concerned) for tier in TIERS),
        (2, "vice_president", everyone),
    ]
