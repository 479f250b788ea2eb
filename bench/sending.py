"""`python -m bench.sending DISTRIBUTION PORT`: one worker process sends a distribution."""

import json
import sys
from time import perf_counter

from bench.measure import peak_memory, set_up


def main(distribution_id: int, port: int) -> None:
    set_up()
    from django.conf import settings
    from django.db import connection

    from publications.distribution import deliver

    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    statements = 0

    def count(execute, sql, parameters, many, context):
        nonlocal statements
        statements += 1
        return execute(sql, parameters, many, context)

    connection.ensure_connection()
    started = perf_counter()
    with connection.execute_wrapper(count):
        deliver(distribution_id, seconds=3600)
    taken = perf_counter() - started
    print(json.dumps({"seconds": taken, "statements": statements, "memory": peak_memory()}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
