"""How long a sheet of 20,000 units takes, beside reading it and copying its rows with nothing else.

Each runs in a process of its own, which says how much memory it held at most.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from stdnum.cn import uscc

from bench.measure import Figure, at_most, run_measured
from files.sheets import write_xlsx

ROWS = 20_000
BAD = 15_000  # the row that is wrong in the second file
MEGABYTE = 1024 * 1024
SECONDS, MEMORY = 60, 400
HEAD = ["name", "unified social credit code", "province", "address", "postcode", "telephone"]


def figures() -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        good, bad = Path(folder, "good.xlsx"), Path(folder, "bad.xlsx")
        good.write_bytes(write_xlsx(rows()).read())
        bad.write_bytes(write_xlsx(rows(wrong=BAD)).read())
        bare = run_measured("bench.sheets_at_work", "bare", good)
        wrong = run_measured("bench.sheets_at_work", "refuse", bad)
        ours = run_measured("bench.sheets_at_work", "bring_in", good)
    yield at_most(
        f"sheets: {ROWS:,} units, check and save",
        f"{ours['check']:.1f} + {ours['save']:.1f} s",
        f"{SECONDS} s",
        (ours["check"] + ours["save"]) / SECONDS,
        1,
    )
    yield at_most(
        "sheets: the same, beside bare",
        f"{ours['check'] + ours['save']:.1f} s",
        f"{bare['seconds']:.1f} s",
        (ours["check"] + ours["save"]) / bare["seconds"],
        10,
    )
    yield at_most(
        "sheets: the most memory",
        f"{ours['memory'] / MEGABYTE:.0f} MB",
        f"{MEMORY} MB",
        ours["memory"] / MEGABYTE / MEMORY,
        1,
    )
    yield at_most(
        "sheets: one bad row in it",
        f"{wrong['found']}, {wrong['units']} saved",
        f"B{BAD}, 0 saved",
        abs(wrong["units"]) + (wrong["found"] != f"B{BAD}"),
        0,
    )


def rows(wrong: int = 0) -> Iterator[list]:
    """The headings and the units; the one in row ``wrong`` has a mistyped credit code."""
    yield HEAD
    for number in range(2, ROWS + 2):
        body = f"91110000{number:09d}"
        code = body + uscc.calc_check_digit(body)
        yield [
            f"第{number}矿业有限公司",
            code[:-1] if number == wrong else code,
            "河北省",
            f"样例市样例路{number}号",
            "050000",
            dt.date(2026, 1, 1).isoformat(),
        ]
