"""Ask an address as a role, and put the answer into one letter."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection, transaction
from django.test.client import ClientHandler, RequestFactory

METHODS = {"GET": ["get"], "POST": ["post"], "OTHER": ["put", "patch", "delete"]}
SESSIONS = "django.contrib.sessions.backends.signed_cookies"  # a query less for each request
SIGN_IN = ("/accounts/login/", "/admin/login/")
LETTERS = {
    200: "o",
    201: "o",
    204: "o",
    400: "b",
    401: "t",
    403: "x",
    404: "-",
    405: "m",
}

# Not the test client: it keeps a copy of every context, which is most of its time.
server = ClientHandler(enforce_csrf_checks=False)
requests = RequestFactory()


def letter(headers: dict[str, str], column: str, url: str) -> str:
    """What the server said to those of the column's methods that the address has."""
    said = {ask(headers, method, url) for method in METHODS[column]}
    return "".join(sorted(said - {"m"} or said))


def ask(headers: dict[str, str], method: str, url: str) -> str:
    """Send the request and undo whatever it did. A server error raises."""
    request = getattr(requests, method)(url, headers=headers)
    cache.clear()  # the limits on tries are not the subject here
    with undone():
        response = server(request.environ)
        if response.streaming:
            b"".join(response.streaming_content)  # at its end it closes its file
        else:
            # A column's pair of code and word, which a list colours, is no text for a page.
            assert b"(&#x27;" not in response.content, url
    if response.status_code in (301, 302):
        return "L" if response.url.startswith(SIGN_IN) else ">"
    return LETTERS[response.status_code]


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is written within; begun only before a first statement that is no SELECT, since
    most requests write nothing and there are many of them."""
    begun = []

    def begin(execute, sql, params, many, context):
        if not begun and not sql.startswith("SELECT"):
            begun.append(None)
            begun[0] = transaction.savepoint()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(begin):
        yield
    if begun:
        transaction.savepoint_rollback(begun[0])
        transaction.set_rollback(False)
