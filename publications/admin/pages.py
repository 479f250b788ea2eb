"""What the pages around one issue have in common."""

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from publications.models import Issue

FOLDER = "admin/publications/issue/"


def tabs(request, issue: Issue, current: str) -> list[dict]:
    """The pages of an issue, in the order of an editor's work."""
    pages = [
        ("edit", pgettext("tab", "Edit"), "publications.view_issue"),
        ("change", _("Particulars"), "publications.view_issue"),
        ("news", _("Members' news"), "news.view_newssubmission"),
        ("preview", _("Preview"), "publications.view_issue"),
        ("checks", _("Checks"), "publications.view_issue"),
        ("reviews", _("Reviews"), "publications.view_issue"),
        ("recipients", _("Who gets it, and why"), "publications.view_issue"),
        ("releasing", _("Release"), "publications.release_issue"),
        ("progress", _("Progress"), "publications.view_issue"),
        ("printing", _("Printing and posting"), "publications.view_printrun"),
    ]
    return [
        {
            "title": title,
            "link": reverse(f"admin:publications_issue_{name}", args=[issue.pk]),
            "is_current": name == current,
        }
        for name, title, permission in pages
        if request.user.has_perm(permission)
    ]


def shown(admin, request, issue: Issue, current: str, **context) -> TemplateResponse:
    """The page ``current`` of an issue, inside the admin's frame."""
    request.current_app = admin.admin_site.name
    return TemplateResponse(
        request,
        f"{FOLDER}{current}.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "original": issue,
            "issue": issue,
            "title": str(issue),
            "tabs": tabs(request, issue, current),
            **context,
        },
    )
