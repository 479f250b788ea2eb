"""刊物: what the association publishes, each tied to the charter's item that promises it."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models import BenefitItem
from members.models.tiers import Labelled


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

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["benefit_item__position"]
        constraints = [
            models.CheckConstraint(
                name="publication_default_copies_positive",
                condition=Q(default_copies__gt=0),
                violation_error_message=_("At least one copy is posted to each unit."),
            )
        ]
