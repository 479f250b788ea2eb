"""Several acts at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection


def at_once(*acts: Callable) -> list:
    """Run the acts, all started together; what each returned, or how it was refused."""
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable) -> None:
        try:
            barrier.wait(timeout=10)
            answers[place] = act()
        except (ValidationError, PermissionDenied, DatabaseError) as refused:
            answers[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers
