"""Invented back issues, so that the archive and its search have something to show.

The texts are composed from sentences with blanks: the places, units and figures are invented.
"""

import datetime as dt
import random
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from demo.bulletins import FIRST_SERIAL, fridays, number_in_year
from publications.models import Article, Issue, Publication, Section

ZONE = ZoneInfo("Asia/Shanghai")
WEEKS = 24

PLACES = ["云岭", "平湖", "丹霞谷", "青峰", "白石", "松河", "赤水岭", "北原", "石门川", "临沧口"]
ORES = ["铜", "锂", "萤石", "稀土", "铁", "磷", "钨", "金", "石墨", "铀"]
SOURCES = ["本刊记者", "平湖矿业协会", "松河日报", "青峰地质勘查院", "北原矿业研究所", "矿业观察"]

# section: (title, paragraphs); {p} and {q} are places, {o} an ore, {n} and {m} figures.
TOPICS = {
    "重要新闻": [
        (
            "{p}{o}矿整装勘查提交阶段成果",
            [
                "{p}整装勘查区日前提交阶段报告，新增{o}矿推断资源量{n}万吨，探明和控制资源量占比升至百分之{m}。",
                "项目组重新解译了{n}条物探剖面，把成矿模型从“单一断裂控矿”改为“断裂与岩体接触带共同控矿”。",
                "按计划，明年上半年完成{m}个加密钻孔，并同步开展可选性试验。",
            ],
        ),
        (
            "{p}启动矿产资源国情调查数据更新",
            [
                "{p}用{m}个月时间核对辖区内{n}处矿山的储量数据，做到图、表、实地三者一致。",
                "核对中发现的问题分为三类：坐标系不一致、压覆范围重复计算、闭坑矿山未及时注销。",
                "更新后的数据库按季度发布变化说明，供规划和审批使用。",
            ],
        ),
    ],
    "部委动态": [
        (
            "矿业权登记实行“一次告知”",
            [
                "{p}登记窗口公布材料清单，申请人一次提交即可，缺件当场书面告知，补正不再重新排队。",
                "试行{m}个月来，平均办理时间由{n}个工作日缩短到不足一半。",
                "窗口同时公开了退件理由的统计，最常见的是坐标与图件不符。",
            ],
        ),
        (
            "尾矿库安全监测数据接入省级平台",
            [
                "{p}的{m}座尾矿库已把浸润线、库水位和坝体位移数据接入省级平台，每{m}分钟更新一次。",
                "平台对连续三次异常的测点自动派单，由属地人员在{n}小时内到现场核查。",
            ],
        ),
    ],
    "省际动态": [
        (
            "{p}与{q}共建{o}产业协作区",
            [
                "两地商定在勘查、选冶和材料三个环节分工协作，避免重复建设{o}选厂。",
                "协作区首批安排{m}个项目，总投资{n}亿元，其中一半用于既有产线的节能改造。",
                "双方同意每半年公布一次进展，未按期开工的项目退出名单。",
            ],
        ),
        (
            "{p}公布年度采矿权出让计划",
            [
                "{p}全年拟出让采矿权{n}宗，其中砂石类{m}宗，全部采用网上挂牌。",
                "出让文件首次附上生态修复费用测算表，竞买人据此报价。",
            ],
        ),
    ],
    "地勘单位": [
        (
            "{p}地质队用旧岩心解新问题",
            [
                "{p}地质队把库存的{n}米岩心重新扫描和取样，识别出过去漏判的{o}矿化段。",
                "队员说，旧岩心最大的价值在于位置准、深度准，重新测试的成本只有新钻孔的百分之{m}。",
                "扫描影像已向同行开放查询，引用时注明孔号即可。",
            ],
        ),
    ],
    "绿色矿山": [
        (
            "{p}{o}矿边坡复绿三年记",
            [
                "{p}{o}矿用三年时间把{n}亩边坡分成{m}个台阶治理，成活率按季度公布。",
                "第一年种草固土，第二年补种灌木，第三年才种乔木；当地老矿工负责截排水沟的日常养护。",
                "绿色矿山复评时，专家建议把监测数据延长到闭坑后五年。",
            ],
        ),
        (
            "充填采矿法在{p}的应用",
            [
                "{p}采用全尾砂胶结充填，地表沉降控制在{m}毫米以内，尾砂利用率达到百分之{n}。",
                "企业测算，充填成本每吨增加约{m}元，但省去了一座尾矿库的征地和长期维护。",
            ],
        ),
    ],
    "国际矿业": [
        (
            "海外{o}矿项目的社区沟通怎么做",
            [
                "几家在海外经营{o}矿的会员单位交流了社区沟通的做法：先公布用水和道路计划，再谈用工。",
                "一家单位把{n}条村民意见逐条答复，并在村口公示；另一家单位每季度邀请{m}名代表进矿参观。",
                "与会者认为，翻译质量常被低估，合同和告示应由同一组人翻译。",
            ],
        ),
    ],
    "形势分析": [
        (
            "{o}市场三季度回顾",
            [
                "三季度{o}精矿均价环比变化百分之{m}，港口库存约{n}万吨，处于近三年中位。",
                "需求端，材料企业以按单采购为主；供给端，检修较往年提前。",
                "分析认为，年内价格更多取决于运费和汇率，而不是新增产能。",
            ],
        ),
    ],
    "会员动态": [
        (
            "{p}矿业集团开放智能化示范工作面",
            [
                "{p}矿业集团开放一个智能化示范工作面，接待会员单位{n}批次参观。",
                "工作面人员由{n}人减到{m}人，设备故障改为提前三天预警。",
                "集团把接口文件公开，欢迎设备厂商按同一格式接入。",
            ],
        ),
        (
            "{p}地质勘查院举办青年技术比武",
            [
                "{p}地质勘查院的青年技术比武设编录、测量、样品制备三个项目，{n}人参加。",
                "评分标准赛前公布，选手可以当场查看扣分理由，{m}名选手提出的异议全部得到答复。",
            ],
        ),
    ],
}

# Publications beside the bulletin: code, title, how many months lie between two issues, how many.
OTHERS = [
    ("china-mining-magazine", "《中国矿业》杂志示例目次", 1, 14),
    ("nuclear-geology-bulletin", "放射性矿产勘查要讯（示例）", 2, 6),
    ("ccs-newsletter", "碳封存场地监测要讯（示例）", 2, 5),
    ("geophilosophy-newsletter", "地学与人地关系随笔（示例）", 7, 2),
    ("full-year-supply-demand", "全年供需要点（示例）", 12, 1),
    ("fluorite-report", "萤石行业年度概况（示例）", 12, 1),
    ("conference-proceedings", "大会文集选目（示例）", 12, 1),
]


def load_archive(*, on: dt.date) -> None:
    """Write the bulletin's half-year before the demo's own issues, and some others."""
    chance = random.Random(20)
    bulletin = Publication.objects.get(is_mailed=True)
    earliest = fridays(on)[0]
    for back in range(WEEKS, 0, -1):
        issued_on = earliest - dt.timedelta(weeks=back)
        issue = write(
            bulletin, issued_on, number_in_year(issued_on), FIRST_SERIAL - back, sections(chance)
        )
        finish(issue)
    for code, title, months, count in OTHERS:
        publication = Publication.objects.get(code=code)
        for back in range(count, 0, -1):
            issued_on = months_before(on, months * back)
            number = (issued_on.month - 1) // months + 1
            chosen = {"正文": [composed(chance, *topic) for topic in chance.choices(every(), k=3)]}
            finish(write(publication, issued_on, number, None, chosen, title))


def write(publication, issued_on, number, serial, texts, title="") -> Issue:
    """The issue as a draft, with its sections and articles."""
    issue = Issue.objects.create(
        publication=publication,
        issued_on=issued_on,
        year=issued_on.year,
        number=number,
        serial_number=serial,
        title=title or next(iter(texts.values()))[0].title,
        is_back_issue=True,
    )
    page = 0
    for place, (name, articles) in enumerate(texts.items(), 1):
        section = Section.objects.create(issue=issue, position=place, title=name)
        for position, article in enumerate(articles, 1):
            page += 1
            article.section, article.position, article.page = section, position, page
            article.is_highlight = position == 1 and place <= 4
        Article.objects.bulk_create(articles)
    return issue


def finish(issue: Issue) -> None:
    """It appeared on its day, before there were reviews to keep."""
    issue.state = Issue.State.RELEASED
    issue.released_at = dt.datetime.combine(issue.issued_on, dt.time(9), ZONE)
    issue.save(update_fields=["state", "released_at"])


def sections(chance: random.Random) -> dict[str, list[Article]]:
    """Five or six sections, each with one or two articles; they change from issue to issue."""
    names = sorted(chance.sample(list(TOPICS), chance.choice([5, 6])), key=list(TOPICS).index)
    return {
        name: [
            composed(chance, *topic)
            for topic in chance.sample(TOPICS[name], chance.randint(1, len(TOPICS[name])))
        ]
        for name in names
    }


def every() -> list[tuple]:
    return [topic for topics in TOPICS.values() for topic in topics]


def composed(chance: random.Random, title: str, paragraphs: list[str]) -> Article:
    p, q = chance.sample(PLACES, 2)
    blanks = {"p": p, "q": q, "o": chance.choice(ORES)}
    return Article(
        title=title.format(**blanks),
        source=chance.choice(SOURCES),
        body="\n\n".join(filled(chance, paragraphs, blanks)),
    )


def filled(chance: random.Random, paragraphs: list[str], blanks: dict[str, str]) -> Iterator[str]:
    for text in paragraphs:
        yield text.format(n=chance.randint(20, 98), m=chance.randint(3, 18), **blanks)


def months_before(on: dt.date, months: int) -> dt.date:
    """The fifteenth of the month so many months before ``on``."""
    whole = on.year * 12 + on.month - 1 - months
    return dt.date(whole // 12, whole % 12 + 1, 15)
