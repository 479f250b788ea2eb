"""What one unit is entitled to of one item on a day, and why."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.entitlement import Entitlement, entitlement
from benefits.entitlement_words import in_short
from benefits.finding import NotFound, find_item, find_unit
from benefits.management.days import day


class Command(BaseCommand):
    help = gettext_lazy("Say what a unit is entitled to of an item on a day, and why.")

    def add_arguments(self, parser):
        parser.add_argument("unit", help=_("credit code, name or former name"))
        parser.add_argument("item", help=_("code or name of the benefit item"))
        parser.add_argument("--on", type=day, metavar="YYYY-MM-DD", help=_("the day, else today"))
        parser.add_argument("--json", action="store_true", help=_("answer as JSON"))

    def handle(self, *, unit: str, item: str, on, json: bool, **options):
        try:
            answer = entitlement(find_unit(unit), find_item(item), on or timezone.localdate())
        except NotFound as error:
            raise CommandError(str(error)) from error
        self.stdout.write(as_json(answer) if json else in_words(answer))


def as_json(answer: Entitlement) -> str:
    return json.dumps(answer.as_json(), ensure_ascii=False, indent=2)


def in_words(answer: Entitlement) -> str:
    lines = [f"{answer.unit} · {answer.item} · {answer.on}", in_short(answer), ""]
    lines += [_("Why"), *(f"  {sentence}" for sentence in answer.because)]
    if answer.would_change:
        lines += ["", _("What would change it")]
        lines += [f"  {sentence}" for sentence in answer.would_change]
    return "\n".join(lines)
