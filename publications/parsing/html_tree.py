"""Put the tree of a pasted text in order: Word's styles become elements, dirt goes.

Afterwards there are only headings, paragraphs, lists, tables, quotations, rules, links, bold,
deletions and pictures, and no text stands outside a block.
"""

import re

from bs4 import BeautifulSoup, NavigableString, Tag

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CONTAINERS = {
    *("div", "section", "article", "main", "header", "footer", "aside", "center", "address"),
    *("figure", "details", "dl", "[document]"),
}
LEAVES = {"p", "figcaption", "summary", "caption", "dt", "dd", "pre", *HEADINGS}
BLOCKS = CONTAINERS | LEAVES | {"blockquote", "ul", "ol", "li", "table", "hr"}
ROWS = {"thead", "tbody", "tfoot", "tr", "td", "th"}

HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|mso-element\s*:\s*comment", re.I)
COMMENT_MARK = re.compile(r"mso-special-character\s*:\s*comment", re.I)
IGNORED_MARK = re.compile(r"mso-list\s*:\s*Ignore", re.I)
LEVEL_OF_ITEM = re.compile(r"mso-list\s*:\s*(?!Ignore)[^;]*?level(\d+)", re.I)
OUTLINE = re.compile(r"mso-outline-level\s*:\s*([1-6])\b", re.I)
HEADING_CLASS = re.compile(r"(?:Mso)?Heading[ _-]?([1-6])|标题[ _-]?([1-6])", re.I)
TITLE_CLASSES = {"MsoTitle": 1, "MsoSubtitle": 2}
BOLD = re.compile(r"(?<![\w-])font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
NOT_BOLD = re.compile(r"(?<![\w-])font-weight\s*:\s*(?:normal|[1-5]00)", re.I)
NUMBER = re.compile(r"(\d{1,9})[.)]")
# What is no bullet: a number of any script, with its bracket or point.
COUNTED = re.compile(r"[（(〔]?[0-9A-Za-z一二三四五六七八九十百零〇①-⑳Ⅰ-Ⅻ]+[)）.．、〕]|[①-⑳Ⅰ-Ⅻ]")
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


def put_in_order(root: BeautifulSoup) -> None:
    drop_the_unseen(root)
    read_styles(root)
    make_lists(root)
    unwrap_layout_tables(root)


def make_paragraphs(*roots: Tag) -> None:
    """No text outside a paragraph, no empty paragraphs, neighbours in bold joined."""
    for root in roots:
        tidy_links(root)
        tidy_inline(root)
        for container in [root, *root.find_all(True)]:
            if container.name in CONTAINERS | {"blockquote", "li", "note"}:
                wrap_loose_text(container)
        root.smooth()


# --- What nobody sees -----------------------------------------------------------------------


def drop_the_unseen(root: Tag) -> None:
    for element in root.find_all(True):
        if not element.decomposed and (is_hidden(element) or is_foreign_picture(element)):
            element.decompose()
    for text in root.find_all(string=True):
        text.replace_with(NavigableString(INVISIBLE.sub("", str(text))))


def is_hidden(element: Tag) -> bool:
    style = str(element.get("style", ""))
    return bool(element.has_attr("hidden") or HIDDEN.search(style) or COMMENT_MARK.search(style))


def is_foreign_picture(element: Tag) -> bool:
    return element.name == "img" and not str(element.get("src", "")).startswith("picture:")


# --- What styles say ------------------------------------------------------------------------


def read_styles(root: Tag) -> None:
    for element in root.find_all(["p", "div", *HEADINGS]):
        level = heading_level(element)
        if level and not element.find(list(BLOCKS)):
            element.name = f"h{level}"
    for element in root.find_all(["span", "font", "b", "strong"]):
        style = str(element.get("style", ""))
        if IGNORED_MARK.search(style):
            element.name = "mark-of-item"
        elif element.name in {"b", "strong"}:
            element.name = "span" if NOT_BOLD.search(style) else "strong"
        elif BOLD.search(style):
            element.name = "strong"
    for element in root.find_all(["strike", "del"]):
        element.name = "s"


def heading_level(element: Tag) -> int:
    if element.name in HEADINGS:
        return int(element.name[1])
    classes = element.get("class") or []
    for name in classes:
        if name in TITLE_CLASSES:
            return TITLE_CLASSES[name]
    if found := HEADING_CLASS.fullmatch(" ".join(classes)):
        return int(found[1] or found[2])
    found = OUTLINE.search(str(element.get("style", "")))
    return int(found[1]) if found else 0


# --- Word's lists: paragraphs with a level and a mark ------------------------------------------


def make_lists(root: Tag) -> None:
    """Neighbouring paragraphs with marks become lists. A mark that Markdown cannot count by
    (一、, (1), a)) stays in the text: renumbering would change what was written."""
    stack: list[tuple[int, Tag]] = []
    last = None
    for paragraph in root.find_all(["p", *HEADINGS]):
        mark = paragraph.find("mark-of-item")
        if mark is None:
            continue
        text = " ".join(mark.get_text().split())
        kind = kind_of(text) if paragraph.name == "p" else ""
        if not kind:
            mark.replace_with(text + (" " if text[-1:].isascii() else "") if text else "")
            continue
        mark.decompose()
        level = level_of(paragraph)
        if last is None or before(paragraph) is not top_of(stack):
            stack = []
        last = paragraph
        put_as_item(paragraph, stack, level, kind, text)
    for rest in root.find_all("mark-of-item"):
        rest.unwrap()


def kind_of(mark: str) -> str:
    if NUMBER.fullmatch(mark):
        return "ol"
    return "" if not mark or COUNTED.fullmatch(mark) or len(mark) > 2 else "ul"


def level_of(paragraph: Tag) -> int:
    found = LEVEL_OF_ITEM.search(str(paragraph.get("style", "")))
    return int(found[1]) if found else 1


def before(element: Tag) -> Tag | None:
    """The element in front, where only blanks lie between."""
    for sibling in element.previous_siblings:
        if isinstance(sibling, Tag):
            return sibling
        if str(sibling).strip():
            return None
    return None


def top_of(stack: list) -> Tag | None:
    return stack[0][1] if stack else None


def put_as_item(paragraph: Tag, stack: list, level: int, kind: str, mark: str) -> None:
    """Move the paragraph into the list of its level; ``stack`` holds the open lists."""
    while stack and (stack[-1][0] > level or (stack[-1][0] == level and stack[-1][1].name != kind)):
        stack.pop()
    if not stack or stack[-1][0] < level:
        listing = new_tag(kind)
        if kind == "ol" and (start := int(NUMBER.fullmatch(mark)[1])) != 1:
            listing["start"] = str(start)
        if stack:
            stack[-1][1].find_all("li", recursive=False)[-1].append(listing)
        else:
            paragraph.insert_before(listing)
        stack.append((level, listing))
    item = new_tag("li")
    stack[-1][1].append(item)
    item.append(paragraph.extract())


# --- Tables that only lay out -------------------------------------------------------------------


def unwrap_layout_tables(root: Tag) -> None:
    """A table of one column, or around another table, is no table: its cells become blocks."""
    for table in root.find_all("table"):
        rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
        cells = [row.find_all(["td", "th"], recursive=False) for row in rows]
        if table.find("table") or all(len(row) <= 1 for row in cells):
            for part in table.find_all(list(ROWS)):
                if part.find_parent("table") is table:
                    part.name = "div"
            table.name = "div"


# --- Inside a line ------------------------------------------------------------------------------


def tidy_links(root: Tag) -> None:
    """A link with an address of its own and a text on one line stays; others are only text."""
    for link in root.find_all("a"):
        address = str(link.get("href", ""))
        is_address = address.startswith(("http://", "https://", "mailto:"))
        if not is_address or link.find(list(BLOCKS)) or not has_content(link):
            link.unwrap()


def tidy_inline(root: Tag) -> None:
    # Chinese has no italics; where a text slants a foreign name, the letters are enough.
    for element in root.find_all(["span", "font", "i", "em"]):
        element.unwrap()
    for element in root.find_all(["strong", "s", "sup", "sub"]):
        if not is_worth_marking(element):
            element.unwrap()
    for element in root.find_all(["strong", "s"]):
        join_with_next(element)
    root.smooth()


def is_worth_marking(element: Tag) -> bool:
    around = element.find_parent(["strong", "s", "sup", "sub", *HEADINGS])
    return not around and has_content(element) and not element.find(list(BLOCKS | ROWS))


def join_with_next(element: Tag) -> None:
    """Word cuts a bold phrase to pieces; neighbours become one."""
    while (neighbour := element.next_sibling) is not None:
        if isinstance(neighbour, Tag) and neighbour.name == element.name:
            for child in list(neighbour.contents):
                element.append(child)
            neighbour.decompose()
        elif not isinstance(neighbour, Tag) and not str(neighbour):
            neighbour.extract()
        else:
            break


def has_content(element: Tag) -> bool:
    return bool(element.get_text().strip() or element.find(["img", "note-mark"]))


def wrap_loose_text(container: Tag) -> None:
    """Runs of text and inline elements between blocks become paragraphs."""
    run: list = []
    for child in [*container.contents, None]:
        is_block = child is None or (isinstance(child, Tag) and holds_blocks(child))
        if not is_block:
            run.append(child)
            continue
        if any(isinstance(part, Tag) or str(part).strip() for part in run):
            paragraph = new_tag("p")
            run[0].insert_before(paragraph)
            for part in run:
                paragraph.append(part.extract())
        run = []


def holds_blocks(element: Tag) -> bool:
    return element.name in BLOCKS or element.find(list(BLOCKS)) is not None


def new_tag(name: str) -> Tag:
    return BeautifulSoup("", "html.parser").new_tag(name)
