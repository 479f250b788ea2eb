"""`python -m stack`: the parts of the product on one machine."""

import argparse

from stack import warm


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("warm", help="start servers that stay up between test runs")
    command.set_defaults(run=run_warm)
    command = commands.add_parser("cool", help="stop those servers and forget their data")
    command.set_defaults(run=lambda arguments: warm.cool())
    command = commands.add_parser("translations", help="message catalogs without gettext")
    command.add_argument("verb", choices=["update", "compile", "check"])
    command.add_argument("apps", nargs="*", metavar="APP")
    command.set_defaults(run=run_translations)
    arguments = parser.parse_args()
    arguments.run(arguments)


def run_warm(arguments) -> None:
    for name, value in warm.warm().items():
        print(f"export {name}={value}")


def run_translations(arguments) -> None:
    from stack import translations  # Reads Django, which the other commands do without.

    translations.run(arguments.verb, arguments.apps)


if __name__ == "__main__":
    main()
