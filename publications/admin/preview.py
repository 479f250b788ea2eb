"""The issue as a member will read it, and the e-mail as it will look."""

from django.utils.html import escape
from django.utils.translation import gettext as _

from publications import message, reading
from publications.admin.pages import shown
from publications.models import Issue


def page(admin, request, issue: Issue):
    sections = [
        {
            "title": section.title,
            "articles": [
                {"article": article, "html": reading.rendered(article.body)}
                for article in section.articles.all()
            ],
        }
        for section in issue.sections.prefetch_related("articles")
    ]
    mail = (
        message.rendered(issue, is_attached=bool(issue.pdf))
        if issue.publication.is_mailed
        else None
    )
    return shown(
        admin,
        request,
        issue,
        "preview",
        chapters=sections,
        lead=[
            row["article"]
            for section in sections
            for row in section["articles"]
            if row["article"].is_highlight
        ],
        mail=mail and letter(mail),
    )


def letter(texts: message.Texts) -> dict[str, str]:
    """The mail's texts with an example's name in the places of a recipient's."""
    example = {"unit": _("(name of the unit)"), "name": _("(name of the contact)"), "stop": "#"}
    plain, rich = texts.plain, texts.html
    for name, mark in texts.marks.items():
        plain = plain.replace(mark, example[name])
        rich = rich.replace(mark, escape(example[name]))
    return {"subject": texts.subject, "plain": plain, "html": rich}
