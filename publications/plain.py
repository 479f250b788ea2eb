"""An article's text without any marks: for the plain part of the e-mail, and to be counted."""

from publications.markup import Node, tree


def plain(markdown: str) -> str:
    """The text, an empty line between its blocks, its footnotes at the end."""
    writer = Plain()
    blocks = writer.blocks(tree(markdown))
    notes = [f"[{number}] {text}" for number, text in sorted(writer.notes)]
    return "\n\n".join([*blocks, *notes])


class Plain:
    """Writes one tree as lines of text."""

    def __init__(self):
        self.notes: list[tuple[int, str]] = []

    def blocks(self, blocks: list[Node]) -> list[str]:
        return [self.block(block) for block in blocks]

    def block(self, block: Node) -> str:
        match block["k"]:
            case "p" | "h":
                return self.inlines(block["c"])
            case "quote":
                return indented("\n\n".join(self.blocks(block["b"])), "> ", "> ")
            case "list":
                return "\n".join(self.items(block))
            case "code":
                return block["text"]
            case "rule":
                return "———"
            case "table":
                rows = [block["head"], *block["rows"]]
                return "\n".join(" | ".join(map(self.inlines, row)) for row in rows)
            case "figure":
                return block["caption"]
        raise LookupError(block["k"])

    def items(self, block: Node) -> list[str]:
        """Each item behind its number or dash, its further lines below the first."""
        marks = (
            f"{block['start'] + place}. " if block["ordered"] else "- "
            for place in range(len(block["items"]))
        )
        return [
            indented("\n".join(self.blocks(item)), mark, " " * len(mark))
            for mark, item in zip(marks, block["items"], strict=True)
        ]

    def inlines(self, inlines: list[Node]) -> str:
        return "".join(map(self.inline, inlines))

    def inline(self, inline: Node) -> str:
        match inline["k"]:
            case "t" | "c":
                return inline["text"]
            case "br":
                return "\n"
            case "link":
                return self.link(inline)
            case "note":
                return self.note(inline)
        return self.inlines(inline["c"])

    def link(self, inline: Node) -> str:
        text, address = self.inlines(inline["c"]), inline["href"].removeprefix("mailto:")
        return text if text == address else f"{text} <{address}>"

    def note(self, inline: Node) -> str:
        if inline["b"]:
            self.notes.append((inline["n"], "\n".join(self.blocks(inline["b"]))))
        return f"[{inline['n']}]"


def indented(text: str, first: str, further: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *(further + line for line in lines[1:])])
