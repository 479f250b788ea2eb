"""The staff's archive: every article of every issue, released or not, found by its words."""

from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from publications.admin.pages import FOLDER
from publications.finding import filters, page_number, results
from publications.models import Issue
from publications.search_words import question

CHOSEN = ("q", "publication", "year", "section")


def page(admin, request):
    issues = Issue.objects.select_related("publication").only("year", "publication")
    narrowed = filters(issues, request.GET, ids=None)
    asked = question(request.GET.get("q", ""))
    number = page_number(request.GET.get("page"))
    wanted = {name: request.GET[name] for name in CHOSEN if request.GET.get(name)}
    request.current_app = admin.admin_site.name
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": _("Search the archive"),
        "filters": narrowed,
        "asked": asked,
        "results": results(asked, narrowed.among(None), number) if asked else None,
        "query": urlencode(wanted),
    }
    return TemplateResponse(request, f"{FOLDER}archive.html", context)
