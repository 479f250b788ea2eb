"""Every address of the product, found in the URL configuration."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """A URL pattern: its full name (``admin:index``) and the names of what it takes."""

    name: str
    takes: tuple[str, ...]


def addresses() -> list[Address]:
    """All of them, sorted by name; a pattern without a name appears under its route."""
    return sorted(walk(get_resolver(), (), ()), key=lambda address: address.name)


def walk(resolver: URLResolver, spaces: tuple, takes: tuple) -> Iterator[Address]:
    for each in resolver.url_patterns:
        names = (*takes, *each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            inner = (*spaces, each.namespace) if each.namespace else spaces
            yield from walk(each, inner, names)
        elif isinstance(each, URLPattern):
            yield Address(":".join([*spaces, each.name or f"<{each.pattern}>"]), names)
