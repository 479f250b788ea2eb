"""How often a stranger may do what costs us something or could be used to guess.

Counted by each web process. Whoever is over the limit is told to wait; nothing else happens.
"""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def is_over(request: HttpRequest, what: str, *, most: int, about: str = "") -> bool:
    """Count one more, and say whether it is over ``most`` an hour.

    Counted for the visitor's network address, or for ``about`` where it is given.
    """
    whom = about or get_adapter().get_client_ip(request)
    key = f"limit-{what}-{whom.lower().encode().hex()[:200]}"
    cache.add(key, 0, timeout=HOUR)
    return cache.incr(key) > most
