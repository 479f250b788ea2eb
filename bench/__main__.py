"""`python -m bench [ONLY]`: one line a figure. The exit code is 0 unless a measurement breaks."""

import os
import sys
from importlib.util import find_spec
from multiprocessing import get_context

from bench.measure import report, scratch_database

MODULES = ("distribution", "planning", "entitled", "sheets", "dues", "matching", "typesetting")


def main() -> int:
    only = next(iter(sys.argv[1:]), os.environ.get("ONLY", ""))
    chosen = [name for name in MODULES if only in ("", name) and find_spec(f"bench.{name}")]
    if not chosen:
        print(f"There is no measurement named {only}. There are: {', '.join(MODULES)}.")
        return 1
    if "DATABASE_URL" not in os.environ:
        return run_with_servers()
    for name in chosen:
        with scratch_database():
            measuring = get_context("spawn").Process(target=report, args=[name])
            measuring.start()
            measuring.join()
        if measuring.exitcode:
            print(f"The measurement {name} broke.")
            return 1
    return 0


def run_with_servers() -> int:
    """Start over with servers of our own; they end with us."""
    from stack.throwaway import run_with

    return run_with([sys.executable, "-m", "bench", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
