"""Two invented issues without e-mail: one printed and posted, one to be read in the portal."""

import datetime as dt
from zoneinfo import ZoneInfo

from accounts.models import User
from demo.reviewers import sign_off
from publications.models import Article, Issue, Publication, Section
from publications.printing import confirm
from publications.release import release

ZONE = ZoneInfo("Asia/Shanghai")
BODY = "这是示例刊物的一节，用来试看版面。\n\n正式的内容由编辑部撰写。"


def load_printed(*, on: dt.date, editor: User) -> None:
    """Write and release both before the day ``on``; post the blue book."""
    issued_on = on - dt.timedelta(days=30)
    at = dt.datetime.combine(issued_on, dt.time(10), ZONE)
    book = written("blue-book", issued_on, "矿业发展概览（示例）")
    report = written("half-year-supply-demand", issued_on, "上半年供需要点（示例）")
    for issue in (book, report):
        sign_off(issue, editor=editor, at=at - dt.timedelta(days=1))
        release(issue=issue, at=at, by=editor)
    confirm(
        issue=book,
        posted_on=on - dt.timedelta(days=20),
        at=at + dt.timedelta(days=8),
        by=editor,
        spare=20,
    )


def written(code: str, issued_on: dt.date, title: str) -> Issue:
    issue = Issue.objects.create(
        publication=Publication.objects.get(code=code),
        issued_on=issued_on,
        year=issued_on.year,
        number=1,
        title=title,
    )
    section = Section.objects.create(issue=issue, position=1, title="正文")
    for position, heading in enumerate(("总体情况", "值得关注的变化"), 1):
        Article.objects.create(section=section, position=position, title=heading, body=BODY)
    return issue
