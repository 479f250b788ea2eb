"""What the bank says has arrived: statements, their lines, and the dues that each line pays."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from members.models.dues import YEAR_RANGE
from members.models.recorded import recorded
from members.models.units import MemberUnit


class ColumnMapping(models.Model):
    """What the columns of one bank's export mean; said once for each row of titles."""

    signature = models.CharField(max_length=64, unique=True, editable=False)
    titles = models.JSONField(_("column titles"), editable=False)
    # For each column what it holds, as in `members.statement_reading.Column`; "" for nothing.
    columns = models.JSONField(_("what the columns hold"), editable=False)
    saved_at = models.DateTimeField(_("saved at"), editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("saved by"),
    )

    class Meta:
        verbose_name = _("form of a bank's export")
        verbose_name_plural = _("forms of banks' exports")
        ordering = ["-saved_at"]

    def __str__(self) -> str:
        return " · ".join(title for title in self.titles if title)[:120]


class BankStatementQuerySet(models.QuerySet):
    def with_counts(self):
        """Each statement with its lines counted by what became of them."""
        counts = {
            f"{state}_lines": Count("lines", filter=Q(lines__state=state))
            for state in StatementLine.State.values
        }
        return self.annotate(**counts, received=Sum("lines__amount"))


class BankStatement(models.Model):
    """银行流水: one file of a bank's account, imported once.

    Until its columns are named, ``draft`` holds the rows of the file and there are no lines.
    """

    name = models.CharField(_("name of the file"), max_length=120, editable=False)
    sha256 = models.CharField(
        max_length=64,
        unique=True,
        editable=False,
        error_messages={"unique": _("This file has been imported already.")},
    )
    titles = models.JSONField(_("column titles"), editable=False)
    draft = models.JSONField(null=True, editable=False)
    known = models.PositiveIntegerField(_("lines known before"), default=0, editable=False)
    outgoing = models.PositiveIntegerField(_("outgoing lines left out"), default=0, editable=False)
    uploaded_at = models.DateTimeField(_("imported at"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("imported by"),
    )

    objects = BankStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-uploaded_at", "-pk"]
        permissions = [("book_line", _("Can book lines of bank statements as dues"))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        """Whether its columns are still to be named."""
        return self.draft is not None


class StatementLineQuerySet(models.QuerySet):
    def unmatched(self):
        """Lines that nobody has compared with the register yet."""
        return self.filter(state=StatementLine.State.UNMATCHED)

    def waiting(self):
        """Lines that wait for a person."""
        return self.filter(state__in=StatementLine.WAITING)


@recorded(exclude=("cells",))
class StatementLine(models.Model):
    """One incoming line, as the bank gave it, and what became of it.

    ``fingerprint`` knows the line again in any other file; a line is booked once, because the
    parts of a booked line are numbered and each part has one payment.
    """

    class State(models.TextChoices):
        UNMATCHED = "unmatched", _("to be matched")
        PROPOSED = "proposed", _("sure, to be booked")
        DOUBTFUL = "doubtful", _("doubtful")
        NOTHING_FOUND = "nothing_found", _("no unit found")
        BOOKED = "booked", _("booked")
        SET_ASIDE = "set_aside", _("set aside")

    class Doubt(models.TextChoices):
        NOT_DUES = "not_dues", _("the text speaks of something other than dues")
        REVERSAL = "reversal", _("the text speaks of money given back")
        SEVERAL_UNITS = "several_units", _("the text names several units")
        CONFLICT = "conflict", _("payer and remark name different units")
        SAME_NAME = "same_name", _("several units have or had this name")
        OTHER_TEXT = "other_text", _("the text names something else too")
        ONLY_SIMILAR = "only_similar", _("no name fits exactly")
        NOT_A_MEMBER = "not_a_member", _("the unit was not a member on that day")
        NO_STANDARD = "no_standard", _("no dues standard is recorded for the year")
        NOTHING_OPEN = "nothing_open", _("these dues are paid already")
        OTHER_AMOUNT = "other_amount", _("the amount is not what is open")
        WHICH_YEAR = "which_year", _("the amount fits more than one year")
        STRANGE_YEAR = "strange_year", _("the text names a year that cannot be meant")
        UNCONFIRMED = "unconfirmed", _("another payment of the year waits to be confirmed")
        ALREADY_PROPOSED = "already_proposed", _("another line is proposed for the same dues")
        TAKEN_OUT = "taken_out", _("taken out of the proposals by a person")

    WAITING = (State.PROPOSED, State.DOUBTFUL, State.NOTHING_FOUND)

    statement = models.ForeignKey(
        BankStatement, models.CASCADE, related_name="lines", verbose_name=_("bank statement")
    )
    row = models.PositiveIntegerField(_("row in the file"))
    cells = models.JSONField(_("as in the file"))
    paid_on = models.DateField(_("paid on"))
    amount = models.DecimalField(_("amount (yuan)"), max_digits=12, decimal_places=2)
    payer = models.CharField(_("payer"), max_length=200, blank=True)
    payer_account = models.CharField(_("payer's account"), max_length=60, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    reference = models.CharField(_("bank reference"), max_length=120, blank=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.UNMATCHED)
    doubt = models.CharField(_("why it is doubtful"), max_length=20, choices=Doubt, blank=True)
    reason = models.CharField(_("why it was set aside"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = StatementLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a bank statement")
        verbose_name_plural = _("lines of bank statements")
        ordering = ["statement", "row"]
        indexes = [
            models.Index(
                fields=["state", "statement"],
                name="line_waiting",
                condition=Q(state__in=["unmatched", "proposed", "doubtful", "nothing_found"]),
            ),
            models.Index(fields=["payer_account"], name="line_payer_account"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["statement", "row"], name="line_once_a_row"),
            models.CheckConstraint(
                name="line_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("Only money that arrived is booked."),
            ),
            models.CheckConstraint(
                name="line_doubt_if_doubtful",
                condition=Q(~Q(doubt=""), state="doubtful") | Q(~Q(state="doubtful"), doubt=""),
                violation_error_message=_("A doubtful line says why, and no other line does."),
            ),
            models.CheckConstraint(
                name="line_set_aside_with_reason",
                condition=~Q(state="set_aside") | ~Q(reason=""),
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                name="line_decided_by_someone",
                condition=~Q(state__in=["booked", "set_aside"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                violation_error_message=_("A decision names the person who decided."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_on} · ¥{self.amount:,} · {self.payer or self.remark}"


class LineCandidate(models.Model):
    """A unit that a line may be about, with what speaks for it; the likeliest has rank 1."""

    class Rule(models.TextChoices):
        CREDIT_CODE = "credit_code", _("credit code")
        NAME = "name", _("name")
        FORMER_NAME = "former_name", _("former name")
        LEGAL_FORM = "legal_form", _("name with another legal form")
        ABBREVIATION = "abbreviation", _("short form of the name")
        ACCOUNT = "account", _("paid from this account before")
        PART = "part", _("name within a longer text")
        SIMILAR = "similar", _("similar name")

    class Place(models.TextChoices):
        PAYER = "payer", _("payer")
        REMARK = "remark", _("remark")

    line = models.ForeignKey(StatementLine, models.CASCADE, related_name="candidates")
    rank = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(MemberUnit, models.CASCADE, related_name="+")
    rule = models.CharField(max_length=12, choices=Rule)
    place = models.CharField(max_length=8, choices=Place)
    text = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("candidate for a line")
        verbose_name_plural = _("candidates for lines")
        ordering = ["line", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["line", "unit"], name="candidate_once_per_line")
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_rule_display()}"


class LineShare(models.Model):
    """What of a line pays which dues: as proposed, or as booked once it has its payment.

    Parts are numbered from 1, so that two bookings of one line collide in the database.
    """

    line = models.ForeignKey(StatementLine, models.CASCADE, related_name="shares")
    part = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(MemberUnit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(validators=YEAR_RANGE)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("part of a line")
        verbose_name_plural = _("parts of lines")
        ordering = ["line", "part"]
        constraints = [
            models.UniqueConstraint(fields=["line", "part"], name="share_part_once"),
            models.UniqueConstraint(fields=["line", "unit", "year"], name="share_dues_once"),
            models.CheckConstraint(name="share_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.year} · ¥{self.amount:,}"
