"""Reading the YAML files that staff write: each fault names its line and its field."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class Fault(Exception):
    """One thing wrong in a file: at which line (from 1; 0 for the file itself), where, what."""

    def __init__(self, line: int, field: str, message: str | Promise):
        self.line, self.field, self.message = line, field, message
        super().__init__(str(self))

    def __str__(self) -> str:
        if not self.line:
            place = self.field
        elif self.field:
            place = _("line %(line)d, %(field)s") % {"line": self.line, "field": self.field}
        else:
            place = _("line %(line)d") % {"line": self.line}
        return _("%(place)s: %(message)s") % {"place": place, "message": self.message}


class BadFile(Exception):
    """A file that cannot be used, with everything that is wrong in it."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Faults:
    """Collects faults, so that one reading names them all."""

    def __init__(self):
        self.found: list[Fault] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        try:
            yield
        except Fault as fault:
            self.found.append(fault)

    def raise_any(self) -> None:
        """Raises ``BadFile`` if anything was wrong."""
        if self.found:
            raise BadFile(self.found)


class Entry:
    """One value of a file, with its field's name and the line at which it stands."""

    def __init__(self, node: yaml.Node, field: str = "", begins: yaml.Node | None = None):
        self.node, self.field = node, field
        self.line = (begins or node).start_mark.line + 1

    def fault(self, message: str | Promise) -> Fault:
        return Fault(self.line, self.field, message)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    def fields(self, *, required: Iterable[str] = (), optional: Iterable[str] = ()):
        """The entries of a mapping that may have these fields and no others."""
        entries = self.entries()
        known = {*required, *optional}
        for name, entry in entries.items():
            if name not in known:
                raise entry.fault(_("there is no such field here"))
        for name in required:
            if name not in entries:
                raise Fault(self.line, name, _("this field is missing"))
        return entries

    def entries(self) -> dict[str, "Entry"]:
        """The entries of a mapping, in their order."""
        if not self.is_mapping:
            raise self.fault(_("“name: value” pairs are expected here"))
        entries: dict[str, Entry] = {}
        for key, value in self.node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name or name in entries:
                raise Fault(
                    key.start_mark.line + 1,
                    name or self.field,
                    _("this field stands twice") if name else _("a field's name is expected here"),
                )
            entries[name] = Entry(value, name, begins=key)
        return entries

    def items(self) -> list["Entry"]:
        """The entries of a list."""
        if not self.is_list:
            raise self.fault(_("a list is expected here"))
        return [Entry(node, self.field) for node in self.node.value]

    def text(self, *, longest: int = 200) -> str:
        """A text, numbers included, of at most ``longest`` characters."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.fault(_("a text is expected here"))
        text = self.node.value.strip()
        if len(text) > longest:
            raise self.fault(_("at most %(longest)d characters fit here") % {"longest": longest})
        return text

    def code(self, *, longest: int = 50) -> str:
        """A code: small letters, digits, hyphens and underscores."""
        text = self.text(longest=longest)
        if not re.fullmatch(r"[a-z0-9_-]+", text):
            raise self.fault(_("a code has small letters, digits, - and _ only"))
        return text

    def number(self, *, least: int = 0) -> int:
        """A whole number that is not below ``least``."""
        text = self.text()
        if not re.fullmatch(r"-?\d+", text):
            raise self.fault(_("“%(text)s” is not a whole number") % {"text": text})
        if int(text) < least:
            raise self.fault(_("the number must not be below %(least)d") % {"least": least})
        if int(text) > 32_000:
            raise self.fault(_("the number must not be above %(most)d") % {"most": 32_000})
        return int(text)

    def amount(self) -> Decimal:
        """Yuan, above zero."""
        text = self.text()
        if not re.fullmatch(r"\d{1,10}(\.\d\d?)?", text) or not Decimal(text):
            raise self.fault(_("“%(text)s” is not an amount above zero") % {"text": text})
        return Decimal(text)

    def day(self) -> dt.date:
        """A date written as 2026-03-13."""
        text = self.text()
        try:
            return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
        except ValueError:
            message = _("“%(text)s” is not a date; write it as 2026-03-13")
            raise self.fault(message % {"text": text}) from None

    def choice(self, choices: dict[str, Any]) -> Any:
        """What one of the words of ``choices`` stands for."""
        text = self.text()
        if text not in choices:
            message = _("“%(text)s” is not known here; known are: %(known)s")
            raise self.fault(message % {"text": text, "known": ", ".join(map(str, choices))})
        return choices[text]


def read(path: Path) -> Entry:
    """The whole file. Raises ``BadFile`` if it cannot be opened or is not YAML in UTF-8."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadFile([Fault(0, path.name, _("cannot be opened: %s") % reason)]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFile([Fault(line, "", _("the file is not in UTF-8"))]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadFile(
            [Fault(mark.line + 1, _last_field(path, mark.line), _syntax(error))]
        ) from None
    except yaml.YAMLError as error:
        raise BadFile([Fault(1, "", _("this is not YAML: %s") % error)]) from error
    if node is None:
        raise BadFile([Fault(1, "", _("the file is empty"))])
    return Entry(node)


def _last_field(path: Path, line: int) -> str:
    """The name before the last colon at or above the line (from 0) where reading stopped."""
    for text in reversed(path.read_text(encoding="utf-8-sig").splitlines()[: line + 1]):
        if found := re.findall(r"([\w+-]+)\s*:", text.split("#")[0]):
            return found[0]
    return ""


def _syntax(error: yaml.MarkedYAMLError) -> str:
    return _("this is not YAML; check the indentation, brackets and colons near here (%s)") % (
        error.problem or error.context
    )
