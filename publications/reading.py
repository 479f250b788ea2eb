"""An article's Markdown as safe HTML, for the portal's reading page and the admin's preview."""

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("ul", "ol", "li", "strong", "em", "s", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables; HTML in the text is shown as text, pictures are not loaded."""
    return (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .disable("image")
    )


def rendered(markdown: str) -> SafeString:
    """HTML of an article's body. The page's own title is h1, so a ``#`` in the text becomes h2."""
    tokens = parser().parse(markdown)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    html = parser().renderer.render(tokens, parser().options, {})
    return mark_safe(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
        )
    )
