"""Ask the links of an issue whether they are there: few, briefly, and only public addresses.

The name is resolved here and the connection goes to the address that was looked at: a name
cannot answer with another, private one in between. Redirections are looked at in the same way.
"""

import datetime as dt
import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

from publications.checking import links_of
from publications.models import Article, Issue, LinkCheck

# Of one issue, in one run.
MOST = 100
SECONDS_EACH = 8
SECONDS_TOGETHER = 240
REDIRECTIONS = 4
# An answer is not asked for again so soon.
FRESH = dt.timedelta(hours=12)
PORTS = {"http": 80, "https": 443}
# What servers say to HEAD that they would not say to GET.
ASK_AGAIN = {400, 403, 404, 405, 406, 410, 500, 501, 503}
GONE = {404, 410}
REDIRECTED = {301, 302, 303, 307, 308}
AGENT = "Mozilla/5.0 (compatible; link check)"

Outcome = LinkCheck.Outcome


class NotPublic(Exception):
    """The address is not one on the public internet."""


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    status: int = 0


def check(issue: Issue, at: dt.datetime) -> int:
    """Ask what was not asked lately and store the answers; returns how many were asked."""
    articles = list(Article.objects.filter(section__issue=issue))
    urls = list(dict.fromkeys(url for _article, url in links_of(articles) if len(url) <= 1000))
    fresh = LinkCheck.objects.filter(url__in=urls, checked_at__gt=at - FRESH)
    known = set(fresh.values_list("url", flat=True))
    until = time.monotonic() + SECONDS_TOGETHER
    asked = 0
    for url in [url for url in urls if url not in known][:MOST]:
        if time.monotonic() > until:
            break
        answer = asking(url)
        LinkCheck.objects.update_or_create(
            url=url,
            defaults={"outcome": answer.outcome, "status": answer.status, "checked_at": at},
        )
        asked += 1
    return asked


def asking(url: str) -> Answer:
    """HEAD, then GET where a server does not like HEAD. Silence is no answer, and not "dead"."""
    try:
        status = followed("HEAD", url)
        if status in ASK_AGAIN:
            status = followed("GET", url)
    except NotPublic:
        return Answer(Outcome.NOT_PUBLIC)
    except socket.gaierror as error:
        is_unknown = error.errno == socket.EAI_NONAME
        return Answer(Outcome.DEAD if is_unknown else Outcome.NO_ANSWER)
    except (OSError, ValueError, http.client.HTTPException):
        return Answer(Outcome.NO_ANSWER)
    return Answer(Outcome.DEAD if status in GONE else Outcome.ALIVE, status)


def followed(method: str, url: str) -> int:
    """The status at the end of the redirections."""
    for _turn in range(REDIRECTIONS + 1):
        status, location = request(method, url)
        if status not in REDIRECTED or not location:
            return status
        url = urljoin(url, location)
    return status


def request(method: str, url: str) -> tuple[int, str | None]:
    """One request to one looked-at address; the body is not read."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username:
        raise NotPublic(url)
    port = parts.port or PORTS[parts.scheme]
    host = parts.hostname.encode("idna").decode()
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS_EACH)
    try:
        connection.sock = connected(host, port, is_secure=parts.scheme == "https")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, quoted(path), headers={"User-Agent": AGENT})
        response = connection.getresponse()
        return response.status, response.getheader("Location")
    finally:
        connection.close()


def quoted(path: str) -> str:
    """Chinese in a path, as a browser would send it."""
    return quote(path, safe="/%?&=+:;,@!$'()*~.-_")


def connected(host: str, port: int, *, is_secure: bool) -> socket.socket:
    raw = socket.create_connection(public_address(host, port), timeout=SECONDS_EACH)
    if not is_secure:
        return raw
    try:
        return ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    except BaseException:
        raw.close()
        raise


def public_address(host: str, port: int) -> tuple[str, int]:
    """Where the name leads; raises ``NotPublic`` where any of its addresses is not public."""
    found = {row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    is_open = port in PORTS.values() and all(map(is_public, found))
    if not is_open and not settings.LINKS_MAY_BE_PRIVATE:
        raise NotPublic(host)
    return sorted(found, key=lambda each: ":" in each)[0], port


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global and not (mapped or ip).is_multicast
