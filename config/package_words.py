"""Words of packages whose own Chinese is missing or poor; nothing imports this module.

Named here, they are extracted into ``config/locale`` like our own, and found there first.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

DJANGO = [
    _("Select %s"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Site administration"),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was added successfully."),
    _("Please correct the error below."),
    _("This field is required."),
    _("Enter a valid email address."),
    _("Enter a valid URL."),
    _("entry"),
    ngettext_lazy("%(counter)s result", "%(counter)s results", "counter"),
    ngettext_lazy(
        "%(count)s %(name)s was changed successfully.",
        "%(count)s %(name)s were changed successfully.",
        "count",
    ),
    ngettext_lazy("%(total_count)s selected", "All %(total_count)s selected", "total_count"),
]

UNFOLD = [
    _("All applications"),
    _("Apply Filters"),
    _("Choose file to upload"),
    _("Click to cancel"),
    _("Click to download"),
    _("Collapse"),
    _("Dark"),
    _("Date"),
    _("Date from"),
    _("Date to"),
    _("Expand row"),
    _("False"),
    _("Filters"),
    _("From"),
    _("General"),
    _("Go back"),
    _("Image preview"),
    _("Light"),
    _("Loading more results..."),
    _("More actions"),
    _("Next"),
    _("No data"),
    _("No recent searches"),
    _("No results matching your query"),
    _("Previous"),
    _("Recent searches"),
    _("Record picture"),
    _("Reset filters"),
    _("Return to site"),
    _("Run"),
    _("Search apps and models..."),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("System"),
    _("This item will be deleted."),
    _("To"),
    _("Toggle password visibility"),
    _("True"),
    _("Type to search"),
    _("Update"),
    _("Value"),
    _("Welcome"),
    _("Welcome back to"),
    _("You have been successfully logged out from the administration"),
]

CELERY_BEAT = [
    _("Arguments"),
    _("Execution Options"),
    _("Periodic Tasks Using This Schedule"),
    _("Schedule"),
    _("Task Name"),
]
