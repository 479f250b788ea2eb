"""The three reviews of an issue: read it, sign it, or return it with remarks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import masthead, review
from publications.admin.pages import shown
from publications.admin.preview import text
from publications.content import content_of, digest_of
from publications.course import Course, missing, open_comments, void_reason
from publications.models import Issue, ReviewComment, ReviewStep


def page(admin, request, issue: Issue):
    if request.method == "POST":
        return act(admin, request, issue)
    return reading(admin, request, issue, typed={})


def reading(admin, request, issue: Issue, *, typed: dict[str, str]):
    """The page, with what was typed into it where it was refused."""
    course = Course(issue)
    return shown(
        admin,
        request,
        issue,
        "reviews",
        course=course,
        voided=[(step, void_reason(step)) for step in course.voided],
        reasons=course.why_not(request.user),
        missing=missing(issue),
        digest=digest_of(content_of(issue)),
        chapters=chapters(issue, typed),
        typed=typed,
        remarks=issue.comments.select_related("article", "step__by", "settled_by"),
        open_remarks=open_comments(issue).count(),
        may_submit=request.user.has_perm("publications.submit_issue"),
        changed=course.changed_titles,
    )


def chapters(issue: Issue, typed: dict[str, str]) -> list[dict]:
    """The issue as it is to be read, each article with the remark typed below it."""
    sections = issue.sections.order_by("position").prefetch_related("articles")
    return [
        {
            "title": section.title,
            "articles": [
                {
                    "article": each,
                    "html": text(each, issue),
                    "remark": typed.get(f"remark-{each.pk}", ""),
                }
                for each in section.articles.all()
            ],
        }
        for section in sections
    ]


def act(admin, request, issue: Issue):
    acts = {"submit": submit, "approve": approve, "return": send_back, "settle": settle}
    chosen = acts.get(request.POST.get("act"))
    if chosen is not None:
        try:
            said = chosen(request, issue)
        except (ValidationError, PermissionDenied) as error:
            for message in getattr(error, "messages", None) or [str(error)]:
                messages.error(request, message)
            issue.refresh_from_db()
            return reading(admin, request, issue, typed=request.POST.dict())
        else:
            admin.log_change(request, issue, said)
            messages.success(request, said)
    place = reverse("admin:publications_issue_reviews", args=[issue.pk])
    return HttpResponseRedirect(place)


def submit(request, issue: Issue) -> str:
    if not request.user.has_perm("publications.submit_issue"):
        raise PermissionDenied(_("Your role does not submit issues for review."))
    note = request.POST.get("note", "")
    review.submit(issue=issue, by=request.user, at=timezone.now(), note=note)
    return _("Submitted. The first reviewer finds it under “Today”.")


def approve(request, issue: Issue) -> str:
    step = review.approve(
        issue=issue,
        stage=stage_of(request),
        digest=request.POST.get("digest", ""),
        by=request.user,
        at=timezone.now(),
        comment=request.POST.get("comment", ""),
    )
    return _("Signed: %(stage)s.") % {"stage": step.get_stage_display()}


def send_back(request, issue: Issue) -> str:
    remarks = {
        int(name.removeprefix("remark-")): said
        for name, said in request.POST.items()
        if name.startswith("remark-") and name.removeprefix("remark-").isdecimal()
    }
    review.send_back(
        issue=issue,
        stage=stage_of(request),
        by=request.user,
        at=timezone.now(),
        comment=request.POST.get("comment", ""),
        remarks=remarks,
    )
    return _("Returned to the editor with your remarks.")


def settle(request, issue: Issue) -> str:
    if not request.user.has_perm("publications.submit_issue"):
        raise PermissionDenied(_("Your role does not settle remarks."))
    remark = open_comments(issue).filter(pk=number(request.POST.get("remark"))).first()
    if remark is None:
        raise ValidationError(_("This remark is settled already."))
    reply = request.POST.get("reply", "")
    review.settle(comment=remark, reply=reply, by=request.user, at=timezone.now())
    return _("Settled: the remark on “%(title)s”.") % {"title": remark.title}


def stage_of(request) -> str:
    stage = request.POST.get("stage")
    if stage not in ReviewStep.Stage.values:
        raise Http404
    return stage


def number(given: str | None) -> int:
    return int(given) if given and given.isdecimal() and len(given) < 19 else 0


# --- Who did what and when ---------------------------------------------------------------------


def record(admin, request, issue: Issue):
    """The record of the reviews, to be printed and filed."""
    course = Course(issue)
    return shown(
        admin,
        request,
        issue,
        "review_record",
        course=course,
        rows=[*rows_of(course)],
        masthead=masthead.lines_of(issue),
        digest=digest_of(content_of(issue)),
        remarks=ReviewComment.objects.filter(issue=issue).select_related("settled_by", "step"),
        printed_at=timezone.now(),
    )


def rows_of(course: Course):
    """Every act in its order: submitted, signed, returned, made void, released."""
    acts = [
        (round_.submitted_at, str(round_.submitted_by), _("submitted for review"), round_.note)
        for round_ in course.rounds
    ]
    for step in course.steps:
        what = f"{step.get_stage_display()}: {step.get_decision_display()}"
        acts.append((step.at, step.name, what, step.comment))
        if step.voided_at:
            void = _("sign-off of the %(stage)s void") % {"stage": step.get_stage_display()}
            acts.append((step.voided_at, str(step.voided_by or "—"), void, void_reason(step)))
    issue = course.issue
    if issue.released_at:
        who = str(issue.released_by) if issue.released_by else _("the clock")
        acts.append((issue.released_at, who, _("released"), ""))
    yield from sorted(acts, key=lambda act: act[0])
