"""Invented award cycles: two open, one decided, with applications in several states."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from awards.applying import attach, save_draft, start, submit
from awards.deciding import accept, recommend, return_for_completion
from awards.models import Award, AwardApplication, AwardCycle, CycleQuestion, MaterialRequirement
from cases.questions import Kind
from members.models import MemberUnit

ZONE = ZoneInfo("Asia/Shanghai")
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
GUIDANCE = (
    "请先与本单位的科技管理部门确认名额，再开始填写。可以随时保存草稿，提交前系统会列出还缺什么。\n\n"
    "提交以后如需修改，请在截止时间以前撤回，或等待协会退回补正。"
)
# (award, name, English name, opens from today, closes from today)
CYCLES = [
    (
        "china-patent-award",
        "第{year}年度中国专利奖推荐（示例）",
        "China Patent Award {year}",
        -20,
        26,
    ),
    (
        "results-appraisal",
        "{year}年技术成果鉴定第一批（示例）",
        "Appraisal of results {year}",
        -35,
        9,
    ),
    (
        "outstanding-engineer",
        "{year}年度杰出工程师推荐（示例）",
        "Outstanding Engineer {year}",
        -90,
        -30,
    ),
]
QUESTIONS = [
    ("主要完成人或人选", "Main contributors or nominee", Kind.SHORT),
    ("主要创新点", "What is new", Kind.LONG),
    ("开始应用的日期", "In use since", Kind.DATE),
    ("近三年新增效益（万元）", "Benefit in three years (10,000 yuan)", Kind.NUMBER),
    ("是否已获省部级奖励", "Has it won a provincial award?", Kind.YES_NO),
]
MATERIALS = [("推荐书（盖章扫描件）", "Stamped nomination", True), ("佐证材料", "Evidence", False)]
ANSWERS = [
    "罗晓明、段文静",
    "用浅层地震与钻孔资料联合建模，把验证孔减少三分之一。",
    "2023-05-01",
    "860",
    "yes",
]


def load_awards(*, on: dt.date, staff: User, shown: dict[str, tuple[MemberUnit, User]]) -> None:
    """Write the cycles around the day ``on`` and applications of the units that are ``shown``."""
    cycles = {code: write_cycle(on, code, *fields) for code, *fields in CYCLES}
    patent, engineer = cycles["china-patent-award"], cycles["outstanding-engineer"]
    draft(patent, shown["vice_president"], on, "井下无人运输调度方法", complete=False)
    handed_in(patent, shown["council"], on, "一种尾矿干堆用的压滤装置")
    returned = handed_in(patent, shown["ordinary"], on, "萤石浮选的低温药剂")
    at = moment(on)
    return_for_completion(
        application=returned,
        complete_by=on + dt.timedelta(days=10),
        comment="推荐书缺最后一页的盖章，请补传。",
        at=at,
        by=staff,
    )
    earlier = on - dt.timedelta(days=60)
    chosen = handed_in(engineer, shown["vice_president"], earlier, "段文静")
    accept(application=chosen, at=moment(earlier), by=staff)
    recommend(
        application=chosen,
        to="评审委员会（示例）",
        document="示例函〔01〕号",
        on=earlier,
        at=moment(earlier),
        by=staff,
    )


def write_cycle(on, code, name, name_en, opens, closes) -> AwardCycle:
    closing = on + dt.timedelta(days=closes)
    cycle = AwardCycle.objects.create(
        award=Award.objects.get(code=code),
        name=name.format(year=on.year),
        name_en=name_en.format(year=on.year),
        year=on.year,
        opens_on=on + dt.timedelta(days=opens),
        closes_at=dt.datetime.combine(closing, dt.time(17), ZONE),
        guidance=GUIDANCE,
        is_announced=True,
    )
    for position, (label, label_en, kind) in enumerate(QUESTIONS, 1):
        CycleQuestion.objects.create(
            cycle=cycle, position=position, label=label, label_en=label_en, kind=kind
        )
    for position, (label, label_en, is_required) in enumerate(MATERIALS, 1):
        MaterialRequirement.objects.create(
            cycle=cycle, position=position, name=label, name_en=label_en, is_required=is_required
        )
    return cycle


def draft(cycle, who: tuple[MemberUnit, User], on: dt.date, title: str, *, complete: bool):
    (unit, user), at = who, moment(on)
    application = start(cycle=cycle, unit=unit, at=at, by=user, title=title)
    questions = cycle.questions.order_by("position")
    answers = dict(zip((question.pk for question in questions), ANSWERS, strict=True))
    if not complete:
        answers = dict(list(answers.items())[:2])
    return save_draft(application=application, answers=answers)


def handed_in(cycle, who: tuple[MemberUnit, User], on: dt.date, title: str) -> AwardApplication:
    application = draft(cycle, who, on, title, complete=True)
    attach(
        application=application,
        requirement=cycle.requirements.order_by("position").first(),
        upload=SimpleUploadedFile("推荐书.pdf", PDF),
        at=moment(on),
        by=who[1],
    )
    return submit(application=application, at=moment(on), by=who[1])


def moment(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(9, 30), ZONE)
