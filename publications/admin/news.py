"""会员动态来稿: put accepted texts of members into an issue, and take them out again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from news.models import NewsSubmission
from publications import placing
from publications.admin.pages import shown
from publications.models import Issue

# As many waiting texts as one page shows; the others follow when these are placed.
LISTED = 100


def page(admin, request, issue: Issue):
    if request.method == "POST":
        return act(admin, request, issue)
    waiting = placing.candidates()
    return shown(
        admin,
        request,
        issue,
        "news",
        candidates=[] if issue.is_frozen else waiting[:LISTED],
        count=waiting.count(),
        placed=placing.placed_in(issue),
        may_place=may_place(request) and not issue.is_frozen,
        listed=LISTED,
    )


def may_place(request) -> bool:
    """Whoever writes articles also places them."""
    return request.user.has_perm("publications.add_article")


def act(admin, request, issue: Issue):
    if not may_place(request):
        raise PermissionDenied
    if request.POST.get("back", "").isdecimal():
        take_back(admin, request, issue, int(request.POST["back"]))
    else:
        place(admin, request, issue)
    return HttpResponseRedirect(reverse("admin:publications_issue_news", args=[issue.pk]))


def place(admin, request, issue: Issue) -> None:
    """Each ticked text; one that cannot be placed does not hold up the others."""
    ticked = [text for text in request.POST.getlist("submission") if text.isdecimal()]
    if not ticked:
        messages.warning(request, _("Tick the texts that belong into this issue."))
        return
    done = [
        text
        for text in NewsSubmission.objects.filter(pk__in=ticked).order_by("accepted_at", "pk")
        if refused_is_said(
            request,
            lambda text=text: placing.place(
                submission=text, issue=issue, by=request.user, at=timezone.now()
            ),
        )
    ]
    if done:
        said = ngettext("%(n)s text placed.", "%(n)s texts placed.", len(done)) % {"n": len(done)}
        admin.log_change(request, issue, said)
        messages.success(request, said)


def take_back(admin, request, issue: Issue, pk: int) -> None:
    text = NewsSubmission.objects.filter(pk=pk, article__section__issue=issue).first()
    if text and refused_is_said(request, lambda: placing.take_back(submission=text)):
        said = _("“%(title)s” was taken back; it waits again.") % {"title": text.title}
        admin.log_change(request, issue, said)
        messages.success(request, said)


def refused_is_said(request, verb) -> bool:
    """Do it; a refusal is shown. Whether it was done."""
    try:
        verb()
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return False
    return True
