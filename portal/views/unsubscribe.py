"""Stop the bulletin's e-mail with the link in it: no sign-in, and never by merely looking."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from publications.unsubscribing import contact_for
from publications.unsubscribing import unsubscribe as record


@csrf_exempt  # RFC 8058: the mail program posts by itself, without our form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token: str):
    """GET shows what will happen; POST (ours, or a mail program's one click) does it."""
    contact = contact_for(token)
    if contact is None:
        return render(request, "portal/unsubscribe_unknown.html", status=404)
    if request.method == "POST":
        record(contact=contact, at=timezone.now())
    return render(
        request,
        "portal/unsubscribe.html",
        {"contact": contact, "is_done": request.method == "POST" or contact.unsubscribed_at},
    )
