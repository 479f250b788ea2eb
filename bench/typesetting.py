"""A 42-page issue as PDF: from the database to the file, with its page numbers read back.

The machine's own limit is the compiler alone, with the data ready in memory. Each round sets
another text.
"""

import datetime as dt
import io
import json
import secrets
from collections.abc import Iterator

import pypdf
import typst
from django.db.models import Value
from django.db.models.functions import Replace

from bench.measure import Figure, at_most, interleaved, seconds
from bench.population import promised_bulletin
from files.typesetting import FONTS
from publications.editions import TEMPLATE, begins_on, edition, pdf_of
from publications.models import Article, Issue, Section

PAGES = 42
ROUNDS = 5
SENTENCE = (
    "MARK矿山企业按月报送产量与储量，由所在地主管部门逐级汇总后公布，并说明与上年同期相比的变化。"
)
TABLE = "| 省份 | 产量 | 同比 |\n| --- | ---: | ---: |\n" + "\n".join(
    f"| 第{n}省 | {n * 117} | {n}% |" for n in range(1, 9)
)


def invented() -> Issue:
    """Articles of several lengths, tables and notes among them, until the PDF has 42 pages."""
    issue = Issue.objects.create(
        publication=promised_bulletin(), issued_on=dt.date(2026, 3, 13), year=2026, number=7
    )
    sections = [
        Section.objects.create(issue=issue, position=n, title=f"第{n}栏目") for n in range(1, 9)
    ]
    while (pages := page_count(issue)) < PAGES:
        for _article in range(max(1, (PAGES - pages) // 4)):
            add_article(sections)
    return issue


def add_article(sections: list[Section]) -> None:
    n = Article.objects.count() + 1
    paragraphs = [SENTENCE * (3 + (n + part) % 5) for part in range(4 + n % 9)]
    paragraphs.insert(2, TABLE)
    paragraphs.append(f"结尾一段[^1]。\n\n[^1]: 第{n}篇的统计口径。")
    Article.objects.create(
        section=sections[n % len(sections)],
        position=n,
        title=f"第{n}篇样本文章：产量、储量与价格的变化",
        body="\n\n".join(paragraphs),
        source="样本日报",
        is_highlight=n % 5 == 0,
    )


def page_count(issue: Issue) -> int:
    if not Article.objects.exists():
        return 2
    return len(pypdf.PdfReader(io.BytesIO(pdf_of(issue))).pages)


def rewritten() -> None:
    """Another word in every sentence: the compiler remembers what it has set before."""
    rows = Article.objects.all()
    last = rows.first().body[:4]
    rows.update(body=Replace("body", Value(last), Value(secrets.token_hex(2))))


def figures() -> Iterator[Figure]:
    issue = invented()
    pages = page_count(issue)

    def ours() -> float:
        rewritten()
        return seconds(lambda: begins_on(pdf_of(issue)))

    def bare() -> float:
        rewritten()
        data = json.dumps(edition(issue).data, ensure_ascii=False)
        return seconds(lambda: compiled(data))

    mine, limit = interleaved(ours, bare, rounds=ROUNDS)
    told = f"{mine:.2f} s", f"{limit:.2f} s"
    yield at_most(f"{pages}-page issue as PDF, s", *told, mine, 2)
    yield at_most("beside the compiler alone", *told, mine / limit, 1.5)


def compiled(data: str) -> bytes:
    return typst.compile(
        TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True, sys_inputs={"data": data}
    )
