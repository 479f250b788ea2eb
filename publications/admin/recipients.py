"""谁会收到，为什么: the list of an issue, filtered by reason and searched by unit."""

from urllib.parse import urlencode

from publications.admin.pages import shown
from publications.models import Issue
from publications.recipients import Kind, Recipients

PAGE_SIZE = 50


def page(admin, request, issue: Issue):
    recipients = Recipients(issue)
    kind, why = request.GET.get("kind", ""), request.GET.get("why", "")
    search, number = request.GET.get("q", ""), page_number(request)
    rows, found = recipients.page(
        kind=kind, why=why, search=search, start=(number - 1) * PAGE_SIZE, size=PAGE_SIZE
    )
    return shown(
        admin,
        request,
        issue,
        "recipients",
        recipients=recipients,
        reasons=reasons(recipients, kind, why, search),
        kind=kind,
        why=why,
        search=search,
        rows=rows,
        found=found,
        pages=paging(kind, why, search, number, found),
    )


def page_number(request) -> int:
    given = request.GET.get("p", "1")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else 1


def reasons(recipients: Recipients, kind: str, why: str, search: str) -> list[dict]:
    """Each kind with its reasons, as links that filter."""
    return [
        {
            "kind": choice.value,
            "label": choice.label,
            "total": recipients.total(choice),
            "query": query(choice.value, "", search),
            "is_current": kind == choice.value and not why,
            "reasons": [
                {
                    "label": count.label,
                    "rows": count.rows,
                    "query": query(count.kind, count.why, search),
                    "is_current": (kind, why) == (count.kind, count.why),
                }
                for count in recipients.counts
                if count.kind == choice
            ],
        }
        for choice in Kind
    ]


def query(kind: str, why: str, search: str, number: int = 1) -> str:
    given = {"kind": kind, "why": why, "q": search, "p": number if number > 1 else ""}
    return "?" + urlencode({name: value for name, value in given.items() if value})


def paging(kind: str, why: str, search: str, number: int, found: int) -> dict:
    last = max(1, -(-found // PAGE_SIZE))
    return {
        "number": number,
        "last": last,
        "previous": query(kind, why, search, number - 1) if number > 1 else "",
        "next": query(kind, why, search, number + 1) if number < last else "",
    }
