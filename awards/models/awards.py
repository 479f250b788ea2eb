"""The awards with which the association helps its member units."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from benefits.models import BenefitItem
from members.models.tiers import Labelled, english

YEARS_BETWEEN = {BenefitItem.Period.ANNUAL: 1, BenefitItem.Period.BIENNIAL: 2}


class Award(Labelled):
    """奖项: an award that comes again, and the charter's item for it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    benefit_item = models.OneToOneField(
        BenefitItem, models.PROTECT, related_name="award", verbose_name=_("benefit item")
    )
    description = models.TextField(_("what it is"), blank=True)
    description_en = models.TextField(_("what it is, in English"), blank=True)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["benefit_item__position"]

    @property
    def description_in_words(self) -> str:
        """The description in the reader's language."""
        return self.description_en if english() and self.description_en else self.description

    @property
    def years_between(self) -> int | None:
        """Years from one cycle to the next by the charter; ``None`` where it is irregular."""
        return YEARS_BETWEEN.get(self.benefit_item.period)
