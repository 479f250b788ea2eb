"""HTML of Word, WPS or a web page → Markdown: the structure is kept, the dirt is lost.

``markdown_of`` takes what a clipboard or a .docx gave. Cleaning comes first (nh3), then the tree
is put in order (``parsing.html_tree``), then it is written (``parsing.markdown_writing``).
"""

import re

import nh3
from bs4 import BeautifulSoup

from publications.parsing import html_notes, html_tree, markdown_writing

TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "article", "main", "header"),
    *("footer", "aside", "center", "address", "figure", "figcaption", "details", "summary"),
    *("blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd", "br", "hr"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"),
    *("a", "b", "strong", "i", "em", "s", "strike", "del", "sup", "sub", "span", "font", "img"),
}
# With what they hold. Word's islands of XML, and what no page shows as text.
REMOVED = {"script", "style", "xml", "title", "template", "object", "noscript", "svg", "math"}
ATTRIBUTES = {
    "*": {"class", "style", "id", "name", "hidden"},
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto", "picture"}

# Word writes the mark of a list item between conditional comments; a browser shows it.
MARK_OF_ITEM = re.compile(
    r"<!(?:--)?\[if !supportLists\](?:--)?>(.*?)<!(?:--)?\[endif\](?:--)?>", re.DOTALL
)


def markdown_of(html: str) -> str:
    """The text of ``html`` as Markdown. Every visible paragraph comes through; only pictures
    that are not ours (``picture:…``) are left out."""
    root = BeautifulSoup(cleaned(html), "html.parser")
    html_tree.put_in_order(root)
    notes = html_notes.taken_out(root)
    html_tree.make_paragraphs(root, *notes)
    return markdown_writing.written(root, notes)


def cleaned(html: str) -> str:
    """Only known tags. ``class`` and ``style`` stay: in Word they say what a paragraph is."""
    marked = MARK_OF_ITEM.sub(r'<span style="mso-list:Ignore">\1</span>', html.replace("\0", ""))
    return nh3.clean(
        marked,
        tags=TAGS,
        clean_content_tags=REMOVED,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=None,
    )
