"""Numbers of requests: S2026-0012, counted in each year."""

from django.db import connection

from services.models import ServiceRequest

# Any number that nothing else in the database locks: who holds it gives out the next number.
LOCK = 7_301_202


def next_number(year: int) -> str:
    """The year's next number, kept for this transaction. Call it inside one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    of_year = ServiceRequest.objects.filter(number__startswith=f"S{year}-")
    last = of_year.order_by("-pk").values_list("number", flat=True).first()
    count = int(last.partition("-")[2]) if last else 0
    return f"S{year}-{count + 1:04d}"
