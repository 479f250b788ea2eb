"""Footnotes in HTML: a mark in the text and a note below, each a link to the other.

So they look in Word, in WPS, and in what mammoth makes of a .docx.
"""

from bs4 import BeautifulSoup, Tag


def taken_out(root: BeautifulSoup) -> list[Tag]:
    """The notes in the order of their marks. Each mark becomes ``<note-mark number=…>``."""
    notes: list[Tag] = []
    numbers: dict[int, int] = {}
    for mark in root.find_all("a", href=True):
        note = None if mark.decomposed or is_inside(mark, notes) else note_of(mark, root)
        if note is None:
            continue
        if id(note) not in numbers:
            notes.append(note)
            numbers[id(note)] = len(notes)
        put_mark(mark, numbers[id(note)])
    return [lifted(note) for note in notes]


def is_inside(link: Tag, notes: list[Tag]) -> bool:
    return any(parent is note for parent in link.parents for note in notes)


def note_of(mark: Tag, root: BeautifulSoup) -> Tag | None:
    """The block that ``mark`` leads to, if it leads back to where ``mark`` stands."""
    target = named(root, mark["href"])
    if target is None or target is mark:
        return None
    note = block_of(target)
    if note is None or any(parent is note for parent in mark.parents):
        return None
    own = names_of(mark)
    backs = [link for link in note.find_all("a", href=True) if link["href"][1:] in own]
    for link in backs:
        if link["href"].startswith("#"):
            link.decompose()
            return marked(note)
    return note if note.get("data-note") else None


def marked(note: Tag) -> Tag:
    note["data-note"] = "1"
    return note


def named(root: BeautifulSoup, href: str) -> Tag | None:
    if not href.startswith("#") or len(href) < 2:
        return None
    return root.find(lambda tag: href[1:] in (tag.get("id"), tag.get("name")))


def block_of(target: Tag) -> Tag | None:
    """The note's own block: Word's div around it, an item of a list, or a paragraph."""
    division = target if target.name == "div" else target.find_parent("div")
    if division is not None and "mso-element:footnote" in style_of(division):
        return division if "list" not in style_of(division) else target.find_parent("p")
    if division is not None and "mso-element:endnote" in style_of(division):
        return division if "list" not in style_of(division) else target.find_parent("p")
    if target.name in {"li", "p", "div"}:
        return target
    return target.find_parent(["li", "p"])


def style_of(element: Tag) -> str:
    return str(element.get("style", "")).replace(" ", "").lower()


def names_of(mark: Tag) -> set[str]:
    """The names under which the place of ``mark`` is known."""
    around = [mark, *mark.find_all(True), *list(mark.parents)[:3]]
    return {str(tag.get(key)) for tag in around for key in ("id", "name") if tag.get(key)}


def put_mark(mark: Tag, number: int) -> None:
    new = BeautifulSoup("", "html.parser").new_tag("note-mark", number=str(number))
    outer = mark.parent if mark.parent.name == "sup" and alone(mark) else mark
    outer.replace_with(new)


def alone(mark: Tag) -> bool:
    return mark.parent.get_text().strip() == mark.get_text().strip()


def lifted(note: Tag) -> Tag:
    """The note out of its place; what only held notes, and the rule above them, go."""
    holder = note.parent
    note.extract()
    note.name = "note"
    while holder is not None and holder.parent is not None and is_spent(holder):
        above, spent = holder.parent, holder
        spent.extract()
        holder = above
    return note


def is_spent(holder: Tag) -> bool:
    is_for_notes = holder.name in {"ol", "ul"} or "mso-element" in style_of(holder)
    return is_for_notes and not holder.get_text().strip() and not holder.find("img")
