"""Small pieces of the portal's pages."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.models import Article, Issue
from publications.reading import rendered

register = template.Library()


@dataclass(frozen=True)
class Place:
    """One of the portal's places, and the names of the pages that belong to it."""

    url: str
    icon: str
    label: str
    pages: tuple[str, ...]


PLACES = (
    Place("home", "scale", pgettext_lazy("place", "Rights"), ("home", "rights_item")),
    Place("publications", "book-open", _("Publications"), ("publications", "issue")),
    Place(
        "events",
        "calendar-days",
        pgettext_lazy("place", "Events"),
        ("events", "event", "event_person"),
    ),
    Place(
        "matters",
        "briefcase",
        pgettext_lazy("place", "Matters"),
        (
            *("matters", "offering", "service_request", "studies"),
            *("award_cycle", "award_application"),
        ),
    ),
    Place("unit", "building-office-2", _("Our unit"), ("unit", "tokens", "dues_notice")),
)


@register.inclusion_tag("portal/parts/places.html", takes_context=True)
def places(context) -> dict:
    match = context["request"].resolver_match
    return {"places": PLACES, "page": match.url_name if match else ""}


@register.simple_tag
def association() -> str:
    """The association's name."""
    return settings.ASSOCIATION_NAME


@register.simple_tag
def service_address() -> str:
    """Where a member unit writes to the association's member services."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@register.simple_tag
def article_text(article: Article, issue: Issue) -> SafeString:
    """An article's text as safe HTML, with its pictures."""

    def address(digest: str) -> str:
        where = (issue.publication.code, issue.year, issue.number, digest)
        return reverse("issue_picture", args=where)

    return rendered(article.body, pictures=address, within=f"a{article.pk}")


@register.filter
def big_numbers(text: str) -> SafeString:
    """The text with its numbers set large."""
    return mark_safe(re.sub(r"\d[\d,]*", r"<b>\g<0></b>", escape(text)))  # escaped before


@register.filter
def yuan(amount) -> str:
    """``1600.00`` as ``¥1,600``; fen are shown only where there are any."""
    if amount is None:
        return "—"
    text = f"¥{amount:,.2f}"
    return text.removesuffix(".00")


@register.filter
def signed_yuan(amount) -> str:
    """``-500.00`` as ``−¥500``, ``500.00`` as ``+¥500``."""
    return ("+" if amount > 0 else "−") + yuan(abs(amount))
