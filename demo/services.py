"""Invented requests in several states, a member's news to be placed, and a study."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from cases.questions import Kind
from demo.awards import PDF, moment
from members.models import MemberUnit
from services import asking, handling, moderation, studies
from services.models import OfferingQuestion, ServiceOffering, ServiceRequest, Study, StudyFile
from services.models.studies import Part

NEWS = (
    "示例公司的新选厂在本月试车。选厂采用预先抛废和分步浮选，按设计每天处理矿石六千吨，"
    "回水全部循环使用。\n\n试车期间，三十名操作工完成了岗位培训。"
)


def load_services(*, on: dt.date, staff: User, shown: dict[str, tuple[MemberUnit, User]]) -> None:
    """Write requests around the day ``on``; needs the catalogue."""
    vice_president, council = shown["vice_president"], shown["council"]
    earlier = on - dt.timedelta(days=24)
    consulting = asked("consulting", vice_president, earlier, title="尾矿库闭库流程咨询")
    handling.accept(request=consulting, owner=staff, by=staff, at=moment(earlier))
    handling.ask_unit(
        request=consulting,
        question="请告诉我们这座尾矿库的等别和设计年限。",
        by=staff,
        at=moment(earlier + dt.timedelta(days=1)),
    )
    rights = asked("rights-protection", council, earlier, title="勘查区域与保护地重叠")
    handling.accept(request=rights, owner=staff, by=staff, at=moment(earlier))
    handling.close(
        request=rights,
        delivered="已与主管部门沟通，书面答复见邮件；并安排了一次当面说明。",
        by=staff,
        at=moment(on - dt.timedelta(days=6)),
    )
    text = asked("member-news", vice_president, on, title="新选厂试车（示例）", text=NEWS)
    moderation.approve(request=text, title=text.title, body=NEWS, by=staff, at=moment(on))
    asked("member-news", council, on, title="绿色矿山复垦见成效（示例）", text=NEWS)
    asked("new-member-showcase", shown["new"], on, title="新会员自我介绍（示例）", text=NEWS)
    study(on, staff, vice_president[0])


def asked(
    code: str, who: tuple[MemberUnit, User], on: dt.date, *, title: str, text: str = "示例说明。"
) -> ServiceRequest:
    """A request with every question answered."""
    offering, (unit, user) = ServiceOffering.objects.get(code=code), who
    answers = {
        question.pk: answer_to(question, on, title, text) for question in offering.questions.asked()
    }
    return asking.ask(unit=unit, offering=offering, answers=answers, by=user, at=moment(on))


def answer_to(question: OfferingQuestion, on: dt.date, title: str, text: str) -> str:
    if question.role == OfferingQuestion.Role.TITLE:
        return title
    if question.role == OfferingQuestion.Role.TEXT:
        return text
    return {
        Kind.LONG: text,
        Kind.NUMBER: "3",
        Kind.DATE: (on + dt.timedelta(days=60)).isoformat(),
        Kind.CHOICE: (question.options() or [""])[0],
        Kind.YES_NO: "yes",
    }.get(question.kind, "示例")


def study(on: dt.date, staff: User, concerned: MemberUnit) -> None:
    """A study of a problem of one unit, with a common part for those who share it."""
    made = Study.objects.create(
        title="矿区用地衔接问题专题研究（示例）",
        offering=ServiceOffering.objects.get(code="specific-problems"),
        issued_on=on - dt.timedelta(days=3),
    )
    made.copies.create(unit=concerned, part=Part.REPORT)
    for part, name in ((Part.REPORT, "专题研究报告.pdf"), (Part.COMMON, "共性问题摘要.pdf")):
        file = StudyFile(study=made, part=part, uploaded_by=staff, uploaded_at=moment(on))
        file.hold(SimpleUploadedFile(name, PDF))
        file.save()
    studies.publish(study=made, by=staff, at=moment(on))
