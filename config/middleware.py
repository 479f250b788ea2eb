"""What holds for every page."""

from django.http import HttpResponseNotAllowed

METHODS = ("GET", "HEAD", "OPTIONS", "POST")


def pages_are_got_and_posted_to(get_response):
    """Refuse other methods, which Django's and packages' form views would take for a POST."""

    def answer(request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

    return answer
