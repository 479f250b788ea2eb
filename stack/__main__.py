"""`python -m stack`: the parts of the product on one machine."""

import argparse
import sys

from stack import supervisor, throwaway, warm


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("run", supervisor.run, "start every part and stay until Ctrl-C"),
        ("reset", supervisor.reset, "forget the data of the local run"),
        ("status", supervisor.status, "say whether it runs, and where"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=lambda arguments, run=run: run())
    command = commands.add_parser("warm", help="start servers that stay up between test runs")
    command.set_defaults(run=run_warm)
    command = commands.add_parser("cool", help="stop those servers and forget their data")
    command.set_defaults(run=lambda arguments: warm.cool())
    command = commands.add_parser("with", help="run a command on servers of its own")
    command.add_argument("command", nargs=argparse.REMAINDER)
    command.set_defaults(run=lambda arguments: throwaway.run_with(arguments.command))
    command = commands.add_parser("translations", help="message catalogs without gettext")
    command.add_argument("verb", choices=["update", "compile", "check"])
    command.add_argument("apps", nargs="*", metavar="APP")
    command.set_defaults(run=run_translations)
    arguments = parser.parse_args()
    sys.exit(arguments.run(arguments))


def run_warm(arguments: argparse.Namespace) -> None:
    for name, value in warm.warm().items():
        print(f"export {name}={value}")


def run_translations(arguments: argparse.Namespace) -> None:
    from stack import translations  # Reads Django, which the other commands do without.

    translations.run(arguments.verb, arguments.apps)


if __name__ == "__main__":
    main()
