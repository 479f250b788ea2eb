"""Whole issues of invented sentences, written in the ways in which they reach the desk."""

import random
from dataclasses import dataclass, field

SECTIONS = ["重要新闻", "省际动态", "地勘单位", "国际矿业", "会员动态"]
PLACES = ["云岭省", "平湖市", "丹霞谷", "青峰县", "白石州"]
SOURCES = ["样本社", "松河日报", "示例矿业网、松河日报", "青峰地质院（供稿）"]
DEEDS = [
    "完成尾矿库的年度检查",
    "公布新一轮找矿的结果",
    "为老矿区补种三千棵树",
    "请邻近村庄的代表上山看一看",
    "把旧巷道改成了岩心陈列室",
    "更换了全部运输车辆的轮胎",
    "给新来的技术员配了师傅",
]
TAILS = ["为来年留出余地", "今后每季度一次", "村民说这样好", "费用由企业承担", "数字随后公布"]


@dataclass
class Written:
    section: str
    title: str
    source: str
    paragraphs: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "".join(self.paragraphs)


def invented(seed: int, *, articles: int = 6) -> list[Written]:
    """Articles of one issue: two to each section, titles of one or two lines."""
    pick = random.Random(seed)
    sections = pick.sample(SECTIONS, (articles + 1) // 2)
    return [
        Written(
            sections[index // 2],
            title(pick, index),
            pick.choice(SOURCES),
            [paragraph(pick) for _each in range(pick.randint(2, 5))],
        )
        for index in range(articles)
    ]


def title(pick: random.Random, index: int) -> str:
    begun = f"{pick.choice(PLACES)}第{'一二三四五六七八'[index]}矿山{pick.choice(DEEDS)}"
    return begun + pick.choice(["", "", f" {pick.choice(PLACES)}{pick.choice(DEEDS)}"])


def paragraph(pick: random.Random) -> str:
    return "".join(sentence(pick) for _each in range(pick.randint(1, 4)))


def sentence(pick: random.Random) -> str:
    count = pick.choice(
        ["", f"{pick.randint(2, 900)} 名职工参加，", f"用了{pick.randint(2, 9)}天，"]
    )
    return f"{pick.choice(PLACES)}的矿山{pick.choice(DEEDS)}，{count}{pick.choice(TAILS)}。"


def sourced(article: Written) -> list[str]:
    *first, last = article.paragraphs
    return [*first, f"{last}（{article.source}）"]


def paragraphs(articles: list[Written]) -> list[str]:
    """Section, title and paragraphs, a line each."""
    lines, section = [], ""
    for article in articles:
        if article.section != section:
            section = article.section
            lines.append(section)
        lines += [article.title, *sourced(article)]
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Broken at so many full-width characters, as a printer breaks: no mark opens a line."""
    lines, line, room = [], "", width
    for character in text:
        size = 0.5 if ord(character) < 256 else 1
        if size > room and character not in "，。）":
            lines.append(line)
            line, room = "", width
        line, room = line + character, room - size
    return [*lines, line]


def as_pdf_text(articles, *, width: int, page: int, footer, blank: bool = True) -> str:
    """Like the text of a PDF: broken lines, page numbers in the middle of sentences."""
    lines = [line for text in paragraphs(articles) for line in wrapped(text, width)]
    pages = [lines[start : start + page] for start in range(0, len(lines), page)]
    out = []
    for number, rows in enumerate(pages, start=1):
        out += [*rows, footer(number, len(pages))]
    return ("\n\n" if blank else "\n").join(out)


def with_cover(articles) -> str:
    """Like the bulletin's Markdown: cover, highlights, contents, headings."""
    shown = articles[::2]
    pages = {article.title: 2 * index + 1 for index, article in enumerate(articles)}
    out = ["# 中国矿业信息", "示例协会主办", "2033年4月8日第十四期（总刊第九百八十期）", "本期要闻"]
    out += [f"{each.title}（P{pages[each.title]}）" for each in shown]
    out += ["---", "电话：010—00000000 责任编辑：王样例", "一审：甲  二审：乙  三审：丙", "# 目录"]
    section = ""
    for each in articles:
        if each.section != section:
            section = each.section
            out.append(f"## {section}")
        out.append(f"{each.title} .....\t{pages[each.title]}")
    section = ""
    for each in articles:
        if each.section != section:
            section = each.section
            out.append(f"## {section}")
        out += [f"### {each.title}", *sourced(each)]
    return "\n\n".join(out)
