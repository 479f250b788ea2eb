"""Shapes of what a reader may ask; no rule is decided here."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
HOW_TO_WRITE = _("Write the day as year-month-day, for example 2026-03-13.")
OUT_OF_RANGE = _("Choose a day between 1990-01-01 and 2100-12-31.")


class DayForm(forms.Form):
    """Another day to look at: ``?on=YYYY-MM-DD``."""

    on = forms.DateField(
        label=_("Look at another day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": HOW_TO_WRITE},
        widget=forms.DateInput(
            attrs={
                "type": "date",
                "min": EARLIEST.isoformat(),
                "max": LATEST.isoformat(),
            },
            format="%Y-%m-%d",
        ),
    )

    def clean_on(self) -> dt.date | None:
        day = self.cleaned_data["on"]
        if day and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(OUT_OF_RANGE)
        return day

    def day(self, today: dt.date) -> dt.date:
        """The day asked about; today where none or none that can be read was given."""
        return (self.is_valid() and self.cleaned_data["on"]) or today
