"""Before review: what the check found, each with a place to go to and a way to let it stand."""

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import checking, tasks
from publications.admin.pages import shown
from publications.checking import Finding
from publications.models import Article, Issue, LinkCheck

# Findings about an issue's arrangement; the others are about what stands in its fields.
IN_THE_ROOM = {"nothing", "no_highlight", "empty_section"}


def page(admin, request, issue: Issue):
    may_change = admin.has_change_permission(request, issue)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        return act(admin, request, issue)
    settled = {row.fingerprint: row for row in issue.settled_findings.select_related("by")}
    found = checking.findings(issue)
    waiting = [each for each in found if each.fingerprint not in settled]
    return shown(
        admin,
        request,
        issue,
        "checks",
        groups=groups(waiting, issue),
        waiting=len(waiting),
        settled=[
            (each, settled[each.fingerprint]) for each in found if each.fingerprint in settled
        ],
        may_change=may_change,
        links=asked(issue),
    )


def groups(found: list[Finding], issue: Issue) -> list[dict]:
    """The findings of each article together, those of the issue first."""
    return [
        {"article": article, "rows": [(each, place_of(each, issue)) for each in rows]}
        for article, rows in groupby(
            sorted(found, key=lambda each: each.article.pk if each.article else 0),
            key=lambda each: each.article,
        )
    ]


def place_of(finding: Finding, issue: Issue) -> str:
    """Where it can be corrected."""
    if finding.article:
        return reverse("admin:publications_article_change", args=[finding.article.pk])
    page = "edit" if finding.kind in IN_THE_ROOM else "change"
    return reverse(f"admin:publications_issue_{page}", args=[issue.pk])


def asked(issue: Issue) -> dict:
    """How many links there are, and how many of them were asked."""
    articles = list(Article.objects.filter(section__issue=issue))
    urls = {url for _article, url in checking.links_of(articles)}
    return {"all": len(urls), "asked": LinkCheck.objects.filter(url__in=urls).count()}


def act(admin, request, issue: Issue):
    try:
        if request.POST.get("act") == "links":
            tasks.wake_links(issue.pk)
            messages.success(request, _("The links are being asked. Look again in a minute."))
        else:
            row = checking.settle(
                issue=issue,
                fingerprint=request.POST.get("finding", ""),
                why=request.POST.get("why", ""),
                by=request.user,
                at=timezone.now(),
            )
            admin.log_change(request, issue, _("Let stand: %(said)s") % {"said": row.said})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(reverse("admin:publications_issue_checks", args=[issue.pk]))
