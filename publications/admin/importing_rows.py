"""The left side of an import: the file's text in parts, each with the buttons that help."""

from dataclasses import dataclass, field

from django.utils.translation import pgettext_lazy

from publications.parsing.blocks import Block, Doubt, Kind

# What the text of a button says the part is.
BUTTONS = {
    Kind.TITLE: pgettext_lazy("this part is a", "Title"),
    Kind.SUBHEADING: pgettext_lazy("this part is a", "Subheading"),
    Kind.PARAGRAPH: pgettext_lazy("this part is a", "Text"),
    Kind.SOURCE: pgettext_lazy("this part is a", "Source"),
    Kind.SECTION: pgettext_lazy("this part is a", "Section"),
    Kind.PAGE_MARK: pgettext_lazy("this part is a", "Page number or footer"),
    Kind.LEFT_OUT: pgettext_lazy("this part is a", "Leave out"),
}
# These always stand open: what a doubt asks is answered with one click.
USUAL = [Kind.TITLE, Kind.SUBHEADING, Kind.PARAGRAPH, Kind.SECTION]
ANSWERS = {
    Doubt.WEAK_SOURCE: [Kind.SOURCE, Kind.PARAGRAPH],
    Doubt.LONE_NUMBER: [Kind.PAGE_MARK, Kind.PARAGRAPH],
    Doubt.REPEATED: [Kind.PAGE_MARK, Kind.PARAGRAPH],
    Doubt.NEW_SECTION: [Kind.SECTION, Kind.TITLE, Kind.PARAGRAPH],
    Doubt.NOT_IN_CONTENTS: [Kind.SECTION, Kind.TITLE, Kind.SUBHEADING],
    Doubt.MAYBE_SUBHEADING: [Kind.TITLE, Kind.SUBHEADING, Kind.PARAGRAPH],
    Doubt.MAYBE_TITLE: [Kind.SUBHEADING, Kind.TITLE, Kind.PARAGRAPH],
    Doubt.TITLE_OR_TEXT: [Kind.TITLE, Kind.PARAGRAPH],
    Doubt.TWO_LINE_TITLE: [Kind.TITLE],
    Doubt.NO_TITLE: [Kind.TITLE, Kind.PARAGRAPH, Kind.SECTION],
    Doubt.NO_ARTICLE: [Kind.TITLE, Kind.SECTION, Kind.LEFT_OUT],
}
# On the cover and in the contents there is nothing to decide but that it was looked at.
FRONT = {Kind.COVER, Kind.HIGHLIGHT, Kind.MASTHEAD, Kind.CONTENTS}
# The longest text that is shown whole; the middle of a longer one is folded.
SHOWN = 160


@dataclass
class Part:
    """A block as the page shows it."""

    block: Block
    is_open: bool
    # Pairs of (kind, text of the button).
    buttons: list = field(default_factory=list)
    may_merge: bool = False
    # Lines at which a new part may begin: pairs of (number, text).
    cuts: list = field(default_factory=list)

    @property
    def name(self) -> str:
        return Kind(self.block.kind).label

    @property
    def beginning(self) -> str:
        return self.block.text[: SHOWN // 2] if self.is_long else self.block.text

    @property
    def end(self) -> str:
        return self.block.text[-SHOWN // 4 :]

    @property
    def is_long(self) -> bool:
        return len(self.block.text) > SHOWN


def facing(blocks: list[Block], opened: int) -> list[Part]:
    """Every block in the order of the file; the opened and the doubtful ones with buttons."""
    return [part(each, index, opened) for index, each in enumerate(blocks)]


def part(each: Block, index: int, opened: int) -> Part:
    is_open = each.number == opened
    if not is_open and not each.doubt:
        return Part(each, is_open=False)
    kinds = [*BUTTONS] if is_open else ANSWERS.get(each.doubt, USUAL)
    if each.kind in FRONT and not is_open:
        kinds = []
    return Part(
        each,
        is_open,
        buttons=[(kind.value, BUTTONS[kind]) for kind in kinds if kind != each.kind],
        may_merge=index > 0 and (is_open or each.kind not in FRONT),
        cuts=each.pieces[1:] if is_open or each.doubt == Doubt.TWO_LINE_TITLE else [],
    )
