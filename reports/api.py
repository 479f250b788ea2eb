"""The door for machines: units with their standing, their rights and their statement."""

from benefits.api import UnitsAndRights


class Units(UnitsAndRights):
    pass
