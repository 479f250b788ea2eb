"""`python -m bench.bare ISSUE PORT COUNT`: a bare smtplib loop over one lasting connection.

The messages are rendered beforehand: 500 different ones, over and over.
"""

import datetime as dt
import json
import smtplib
import sys
from time import perf_counter

from bench.measure import set_up

DIFFERENT = 500


def main(issue_id: int, port: int, count: int) -> None:
    set_up()
    from publications.message import Letter, Recipient
    from publications.models import Issue

    letter = Letter(Issue.objects.select_related("publication").get(pk=issue_id))
    at = dt.datetime.now(dt.UTC)
    messages = [
        letter.to(
            Recipient(f"reader{number}@unit.example", "联系人", "单位", number, f"<{number}@b>"),
            at=at,
        )
        for number in range(DIFFERENT)
    ]
    addresses = [f"reader{number}@unit.example" for number in range(count)]
    server = smtplib.SMTP("127.0.0.1", port, local_hostname="localhost")
    started = perf_counter()
    for number, address in enumerate(addresses):
        server.sendmail("service@example.org", [address], messages[number % DIFFERENT])
    taken = perf_counter() - started
    server.quit()
    print(json.dumps({"seconds": taken, "size": len(messages[0])}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
