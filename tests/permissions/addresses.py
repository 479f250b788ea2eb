"""Every address of the product, found in the URL configuration."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")

# Without these an address refuses everybody.
QUERIES = {
    "admin/autocomplete/": "?app_label=members&model_name=contact&field_name=unit&term=",
}


@dataclass(frozen=True)
class Address:
    """A URL pattern: its route as it stands in the table, its full name, and what it takes."""

    route: str
    name: str
    takes: tuple[str, ...]

    def url(self, argument: Callable[[str, str], object]) -> str:
        """The address with ``argument(what it takes, route)`` filled in."""
        values = {name: argument(name, self.route) for name in self.takes}
        if self.name:
            return reverse(self.name, kwargs=values) + QUERIES.get(self.route, "")
        return "/" + ARGUMENT.sub(lambda found: str(values[found[1] or found[2]]), self.route)


def addresses() -> list[Address]:
    """All of them, sorted by route."""
    return sorted(walk(get_resolver(), "", (), ()), key=lambda address: address.route)


def walk(resolver: URLResolver, before: str, spaces: tuple, takes: tuple) -> Iterator[Address]:
    for each in resolver.url_patterns:
        route = before + re.sub(r"^\^|\$$|\\Z", "", str(each.pattern))
        names = (*takes, *each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            inner = (*spaces, each.namespace) if each.namespace else spaces
            yield from walk(each, route, inner, names)
        elif isinstance(each, URLPattern):
            yield Address(route or "/", ":".join([*spaces, each.name]) if each.name else "", names)
