"""Message catalogs without gettext installed.

Msgids are English; each app keeps its Chinese in `<app>/locale/zh_Hans/LC_MESSAGES/django.po`,
and `config` keeps that of everything else.

    python -m stack translations update [app…]    bring catalogs up to date with the source
    python -m stack translations compile [app…]   make .mo files where the .po is newer
    python -m stack translations check [app…]     list every fault, fail if there is one

After adding or changing a text: `update`, write the `msgstr`, `check`.

`update` keeps existing translations, drops entries the source no longer has, and fills a new
entry from another app that already translates the same text. Entries stand in the order of
the source, without line numbers or dates, so that diffs stay small. `check` names each entry
that is missing, stale, untranslated or fuzzy, whose placeholders differ from the msgid's, or
that another app translates differently (Django merges all apps into one catalog, so one of
the two would lose: give one of them a context with `pgettext`).
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from stack.places import PROJECT

LOCALE = "zh_Hans"
NOT_APPS = {"bench", "stack", "tests"}
TEMPLATES = ("*.html", "*.txt")
TRANSLATORS = "Translators:"

# For each function, where its arguments hold the singular, the plural and the context ("c").
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

HEADER = f"""\
msgid ""
msgstr ""
"Language: {LOCALE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""

# What `templatize` leaves of a template: calls like ` gettext('Save') ` between blanks.
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)
NAMED = re.compile(r"%\((\w+)\)[a-z]|(?<!\{)\{(\w+)[^{}]*\}(?!\})")
POSITIONAL = re.compile(r"(?<!%)(?:%%)*%([sdfr])")


@dataclass(frozen=True)
class Text:
    """One text found in the source. A plural text has an `id` of two."""

    id: str | tuple[str, str]
    context: str | None
    file: str
    comments: tuple[str, ...] = ()

    @property
    def key(self) -> tuple:
        return singular(self.id), self.context


class App:
    """A package of the project and its catalog."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.name = folder.name
        self.po = folder / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
        self.mo = self.po.with_suffix(".mo")

    @cached_property
    def texts(self) -> dict[tuple, Text]:
        """Every text in the source by its key. A plural use of a text covers a plain one."""
        texts = {}
        for text in self._found_texts():
            known = texts.get(text.key)
            if known is None or (isinstance(text.id, tuple) and not isinstance(known.id, tuple)):
                texts[text.key] = text
        return texts

    def _found_texts(self) -> Iterator[Text]:
        for path in self._sources("*.py"):
            yield from python_texts(path, self._label(path))
        for pattern in TEMPLATES:
            for path in self._sources(pattern):
                if "templates" in path.parts:
                    yield from template_texts(path, self._label(path))

    def _sources(self, pattern: str) -> list[Path]:
        found = self.folder.rglob(pattern)
        return sorted(path for path in found if "migrations" not in path.parts)

    def _label(self, path: Path) -> str:
        return path.relative_to(self.folder.parent).as_posix()

    def catalog(self) -> Catalog:
        if not self.po.exists():
            return Catalog(locale=LOCALE)
        with self.po.open("rb") as file:
            return read_po(file, locale=LOCALE, ignore_obsolete=True, abort_invalid=True)

    def entries(self) -> dict[tuple, Message]:
        return {key_of(message): message for message in self.catalog() if message.id}


def apps(names: list[str] | None = None, *, project: Path = PROJECT) -> list[App]:
    """The named apps, or every package of the project that can hold texts."""
    found = [App(init.parent) for init in sorted(project.glob("*/__init__.py"))]
    found = [app for app in found if app.name not in NOT_APPS]
    if unknown := set(names or []) - {app.name for app in found}:
        raise SystemExit(f"There is no app named {', '.join(sorted(unknown))}.")
    return [app for app in found if not names or app.name in names]


# --- Reading the source ----------------------------------------------------------------------


def python_texts(path: Path, label: str) -> Iterator[Text]:
    with path.open("rb") as file:
        found = list(
            extract(
                "python",
                file,
                keywords=KEYWORDS,
                comment_tags=(TRANSLATORS,),
                options={"encoding": "utf-8"},
            )
        )
    for _line, messages, comments, context in found:
        yield Text(messages, context, label, tuple(comments))


def template_texts(path: Path, label: str) -> Iterator[Text]:
    source = templatize(path.read_text(encoding="utf-8"), origin=label)
    for function, arguments in CALL.findall(source):
        strings = list(ast.literal_eval(f"({arguments},)"))
        context = strings.pop(0) if "p" in function else None
        yield Text(tuple(strings[:2]) if "n" in function else strings[0], context, label)


def singular(identifier: str | tuple) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def key_of(message: Message) -> tuple:
    return singular(message.id), message.context


# --- update ----------------------------------------------------------------------------------


def update(chosen: list[App], everyone: list[App]) -> None:
    """Rewrite the chosen apps' catalogs from the source, keeping what is translated."""
    for app in chosen:
        others = [other for other in everyone if other.name != app.name]
        catalog = merged(app, others)
        if not len(catalog) and not app.po.exists():
            continue
        written = HEADER.encode() + po_bytes(catalog)
        if not app.po.exists() or app.po.read_bytes() != written:
            app.po.parent.mkdir(parents=True, exist_ok=True)
            app.po.write_bytes(written)
        print(f"{app.name}: {len(catalog)} texts, {count_untranslated(catalog)} to translate")


def merged(app: App, others: list[App]) -> Catalog:
    """The app's texts in source order, with the translations there are."""
    known, elsewhere = app.entries(), {}
    for other in others:
        elsewhere = other.entries() | elsewhere
    catalog = Catalog(locale=LOCALE)
    for text in app.texts.values():
        old = known.get(text.key) or elsewhere.get(text.key)
        catalog.add(
            text.id,
            string=kept_string(text, old),
            locations=[(text.file, 0)],
            flags={"fuzzy"} if old and old.fuzzy else (),
            auto_comments=text.comments,
            user_comments=old.user_comments if old else (),
            context=text.context,
        )
    return catalog


def kept_string(text: Text, old: Message | None) -> str | tuple:
    """The old translation, unless a plain text has become a plural one or the reverse."""
    if old and isinstance(old.string, tuple) == isinstance(text.id, tuple):
        return old.string
    if old and old.string and isinstance(text.id, tuple):
        return (old.string,)
    if old and isinstance(old.string, tuple):
        return old.string[0]
    return ("",) if isinstance(text.id, tuple) else ""


def po_bytes(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalog, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return file.getvalue()


def count_untranslated(catalog: Catalog) -> int:
    return sum(not is_translated(message) for message in catalog if message.id)


def is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings)


# --- compile ---------------------------------------------------------------------------------


def compile_catalogs(chosen: list[App]) -> None:
    """Make each .mo that is missing or older than its .po; whole or not at all."""
    for app in chosen:
        if app.po.exists() and not is_fresh(app):
            unfinished = app.mo.with_suffix(f".{os.getpid()}")
            with unfinished.open("wb") as file:
                write_mo(file, app.catalog())
            unfinished.replace(app.mo)


def is_fresh(app: App) -> bool:
    return app.mo.exists() and app.mo.stat().st_mtime_ns >= app.po.stat().st_mtime_ns


# --- check -----------------------------------------------------------------------------------


def faults(chosen: list[App], everyone: list[App]) -> Iterator[str]:
    """Every reason why a screen could show an untranslated or a broken text."""
    for app in chosen:
        texts, entries = app.texts, app.entries()
        for key, text in texts.items():
            if key not in entries:
                yield f"{app.name}: missing: {key[0]!r} ({text.file})"
        for key, message in entries.items():
            for fault in entry_faults(message, in_source=key in texts):
                yield f"{app.name}: {fault}: {key[0]!r}"
    yield from conflicts(chosen, everyone)


def entry_faults(message: Message, *, in_source: bool) -> Iterator[str]:
    if not in_source:
        yield "stale"
    elif not is_translated(message):
        yield "untranslated"
    elif message.fuzzy:
        yield "fuzzy"
    elif not placeholders_agree(message):
        yield "placeholders differ"


def placeholders_agree(message: Message) -> bool:
    """Whether a translation fills in exactly what its text does.

    Chinese has one form for all counts; it translates the plural, which may
    name the count where the singular writes "one".
    """
    if isinstance(message.id, str):
        return placeholders(message.id) == placeholders(message.string)
    return all(placeholders(message.id[1]) == placeholders(form) for form in message.string)


def placeholders(text: str) -> tuple:
    named = {percent or braces for percent, braces in NAMED.findall(text)}
    return named, sorted(POSITIONAL.findall(text))


def conflicts(chosen: list[App], everyone: list[App]) -> Iterator[str]:
    """Texts that two apps translate differently."""
    names = {app.name for app in chosen}
    first: dict[tuple, tuple[str, Message]] = {}
    for app in everyone:
        for key, message in app.entries().items():
            other, known = first.setdefault(key, (app.name, message))
            both_translated = all(forms(known) + forms(message))
            if both_translated and forms(known) != forms(message) and names & {app.name, other}:
                yield f"{app.name}: translated otherwise in {other}: {key[0]!r}"


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


# --- The command -----------------------------------------------------------------------------


def run(verb: str, names: list[str]) -> None:
    everyone = apps()
    chosen = apps(names)
    if verb == "update":
        update(chosen, everyone)
    elif verb == "compile":
        compile_catalogs(chosen)
    else:
        found = list(faults(chosen, everyone))
        for fault in found:
            print(fault)
        if found:
            raise SystemExit(f"{len(found)} faults in the translations; see stack/translations.py.")
