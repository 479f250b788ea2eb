"""`python -m bench.sheets_at_work (bare | bring_in | refuse) FILE`: one sheet, in this process."""

import datetime as dt
import json
import sys
from pathlib import Path

from bench.measure import peak_memory, seconds, set_up

COPY = "COPY bare_units FROM STDIN"


def bare(path: Path) -> dict:
    """The file read with openpyxl and its rows copied into a table without keys."""
    from django.db import connection
    from openpyxl import load_workbook

    def work() -> None:
        sheet = load_workbook(path, read_only=True, data_only=True).active
        with connection.cursor() as cursor:
            columns = ", ".join(f"c{number} text" for number in range(6))
            cursor.execute(f"CREATE TEMP TABLE bare_units ({columns})")
            with cursor.copy(COPY) as copy:
                for row in sheet.iter_rows(values_only=True):
                    copy.write_row(row)

    return {"seconds": seconds(work)}


def bring_in(path: Path) -> dict:
    """Checked and saved as a worker does it."""
    from members import importing
    from members.models import MemberUnit

    sheet = taken(path)
    checking = seconds(lambda: importing.work(sheet.pk))
    importing.save(sheet=sheet, by=sheet.uploaded_by, at=now())
    saving = seconds(lambda: importing.work(sheet.pk))
    return {"check": checking, "save": saving, "units": MemberUnit.objects.count()}


def refuse(path: Path) -> dict:
    """The one problem that the check names, and how many units there are afterwards."""
    from members import importing
    from members.models import MemberUnit

    sheet = taken(path)
    importing.work(sheet.pk)
    found = ", ".join(f"{each.column}{each.row}" for each in sheet.problems.all())
    return {"found": found, "units": MemberUnit.objects.count()}


def taken(path: Path):
    from django.core.files.base import ContentFile

    from accounts.models import User
    from members import importing

    person, _made = User.objects.get_or_create(email="staff@example.org")
    upload = ContentFile(path.read_bytes(), path.name)
    return importing.take(subject="units", upload=upload, language="en", by=person, at=now())


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def main(act: str, path: str) -> None:
    set_up()
    found = {"bare": bare, "bring_in": bring_in, "refuse": refuse}[act](Path(path))
    print(json.dumps(found | {"memory": peak_memory()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
