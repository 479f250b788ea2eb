"""Spreadsheets that staff bring in: what was found in each, what was saved, and how to undo it."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from files.models import StoredFile, random_path


class SheetImport(StoredFile):
    """导入: one file and how far it has come. The row says what is to be done; a worker does it."""

    class Subject(models.TextChoices):
        UNITS = "units", _("Member units")
        MEMBERSHIPS = "memberships", _("Memberships")
        CONTACTS = "contacts", _("Contacts")
        APPOINTMENTS = "appointments", _("Tier appointments")
        PAYMENTS = "payments", _("Dues payments")

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        REFUSED = "refused", _("cannot be read")
        CHECKED = "checked", _("checked, not saved")
        SAVING = "saving", _("being saved")
        SAVED = "saved", _("saved")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    WORKING = (State.CHECKING, State.SAVING, State.UNDOING)
    # Where a work that cannot be finished leaves the row.
    FALL_BACK = {
        State.CHECKING: State.REFUSED,
        State.SAVING: State.CHECKED,
        State.UNDOING: State.SAVED,
    }

    subject = models.CharField(_("what it holds"), max_length=20, choices=Subject)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHECKING)
    language = models.CharField(max_length=10, editable=False)
    trouble = models.TextField(_("trouble met"), blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    ignored = models.JSONField(_("columns that are not read"), default=list, blank=True)
    marked = models.FileField(
        _("sheet with the findings"), upload_to=random_path, max_length=100, blank=True
    )

    rows = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("already there"), default=0)
    wrong = models.PositiveIntegerField(_("wrong"), default=0)

    leave_out_wrong = models.BooleanField(_("without the wrong rows"), default=False)
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("saved by"),
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta:
        verbose_name = _("import from Excel")
        verbose_name_plural = _("imports from Excel")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="sheet_saved_by_someone",
                condition=~Q(state__in=["saving", "saved", "undoing", "undone"])
                | Q(saved_at__isnull=False, saved_by__isnull=False),
                violation_error_message=_("Saving names the person who saves."),
            ),
            models.CheckConstraint(
                name="sheet_undone_by_someone",
                condition=~Q(state__in=["undoing", "undone"])
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                violation_error_message=_("Undoing names the person who undoes."),
            ),
        ]

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def found(self) -> dict[str, int]:
        """How many rows are of each kind."""
        return {name: getattr(self, name) for name in ("new", "changed", "unchanged", "wrong")}

    @property
    def to_save(self) -> int:
        return self.new + self.changed


class SheetProblem(models.Model):
    """What is wrong in one cell, or in the row as a whole. The first few of a file."""

    LISTED = 200

    sheet = models.ForeignKey(SheetImport, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=3, blank=True)
    heading = models.CharField(_("heading"), max_length=120, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    message = models.TextField(_("what is wrong"))

    class Meta:
        verbose_name = _("problem in a sheet")
        verbose_name_plural = _("problems in sheets")
        ordering = ["row", "pk"]

    def __str__(self) -> str:
        return f"{self.column}{self.row}: {self.message}"


class ImportedRow(models.Model):
    """What one row did to one object: enough to undo it, and to see whether it changed since."""

    sheet = models.ForeignKey(SheetImport, models.CASCADE, related_name="imported")
    row = models.PositiveIntegerField(_("row"))
    object_id = models.BigIntegerField()
    # The values before, of the fields that were changed; nothing for an object that is new.
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "object_id"], name="imported_once_per_sheet")
        ]

    def __str__(self) -> str:
        return f"{self.sheet} · {self.row}"

    @property
    def is_new(self) -> bool:
        return self.before is None
