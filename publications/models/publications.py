"""刊物: what the association publishes, each tied to the charter's item that promises it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models import BenefitItem
from members.models.tiers import Labelled

MONTHS = 12
WEEKDAYS = [
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
]


def validate_months(text: str) -> None:
    """Months by their numbers, each in a part of its own of the year, so that every issue has a
    time of its own. Raises ``ValidationError``."""
    try:
        months = [int(month) for month in text.split(",")]
    except ValueError:
        months = []
    count = len(months)
    if not months or MONTHS % count or any(not 1 <= month <= MONTHS for month in months):
        raise ValidationError(_("Months by their numbers, for instance 3,9: 1, 2, 3, 4, 6 or 12."))
    if [(month - 1) * count // MONTHS for month in months] != list(range(count)):
        raise ValidationError(
            _("The months are in order, and each part of the year has one: 3,9 but not 7,9.")
        )


class Publication(Labelled):
    code = models.SlugField(_("code"), max_length=60, unique=True)
    benefit_item = models.OneToOneField(
        BenefitItem, models.PROTECT, related_name="publication", verbose_name=_("benefit item")
    )
    # Sent by e-mail to the bulletin contacts when an issue is released.
    is_mailed = models.BooleanField(_("sent by e-mail"), default=False)
    # Where the charter promises printed copies and states no number.
    default_copies = models.PositiveSmallIntegerField(
        _("printed copies where the charter states no number"),
        default=1,
        validators=[MinValueValidator(1)],
    )
    # Address, telephone and the like; a new issue starts with them.
    masthead = models.TextField(_("lines of the masthead"), blank=True)
    # When in its period an issue is due; how often, the benefit item says.
    due_weekday = models.PositiveSmallIntegerField(
        _("weekday on which a weekly issue is due"),
        choices=[(number, name) for number, name in enumerate(WEEKDAYS, start=1)],
        default=5,
    )
    due_day = models.PositiveSmallIntegerField(
        _("day of the month on which an issue is due"),
        default=31,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("31: the last day, in shorter months too."),
    )
    due_months = models.CharField(
        _("months in which an issue is due"),
        max_length=40,
        blank=True,
        validators=[validate_months],
        help_text=_("By their numbers, for instance 1,7. Empty: the last of each period."),
    )

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["benefit_item__position"]
        constraints = [
            models.CheckConstraint(
                name="publication_default_copies_positive",
                condition=Q(default_copies__gt=0),
                violation_error_message=_("At least one copy is posted to each unit."),
            ),
            models.CheckConstraint(
                name="publication_due_day_exists",
                condition=Q(due_day__range=(1, 31), due_weekday__range=(1, 7)),
                violation_error_message=_("A day of the month is 1 to 31, of the week 1 to 7."),
            ),
        ]
