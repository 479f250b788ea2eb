"""服务项目: what the association does for a unit that asks, the form to ask with, the stages."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models import BenefitItem
from cases.questions import Kind, Question
from members.models.tiers import Labelled, english


class ServiceOffering(Labelled):
    """A service, and the charter's item that promises it. Staff edit all of it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    benefit_item = models.OneToOneField(
        BenefitItem, models.PROTECT, related_name="offering", verbose_name=_("benefit item")
    )
    summary = models.CharField(_("in one sentence"), max_length=200)
    summary_en = models.CharField(_("in one English sentence"), max_length=300, blank=True)
    guidance = models.TextField(_("what to know before asking"), blank=True)
    guidance_en = models.TextField(_("what to know, in English"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        limit_choices_to={"is_staff": True, "is_active": True},
        related_name="+",
        verbose_name=_("person in charge"),
    )
    target_working_days = models.PositiveSmallIntegerField(
        _("working days to answer in"), default=10, validators=[MinValueValidator(1)]
    )
    is_for_bulletin = models.BooleanField(
        _("texts may go into the bulletin"),
        default=False,
        help_text=_("An accepted text can then be placed in an issue."),
    )
    is_open = models.BooleanField(_("open for requests"), default=True)

    class Meta:
        verbose_name = _("service offered")
        verbose_name_plural = _("services offered")
        ordering = ["benefit_item__group__position", "benefit_item__position"]
        constraints = [
            models.CheckConstraint(
                name="offering_target_positive",
                condition=Q(target_working_days__gte=1),
                violation_error_message=_("Give at least one working day."),
            )
        ]

    @property
    def summary_in_words(self) -> str:
        """The sentence in the reader's language."""
        return self.summary_en if english() and self.summary_en else self.summary

    @property
    def guidance_in_words(self) -> str:
        return self.guidance_en if english() and self.guidance_en else self.guidance

    @property
    def is_once(self) -> bool:
        """Whether the charter gives it once per unit."""
        return self.benefit_item.counted_per == BenefitItem.CountedPer.UNIT


class OfferingQuestionQuerySet(models.QuerySet):
    def asked(self):
        """The questions of the form as it is now."""
        return self.filter(is_asked=True)


class OfferingQuestion(Question):
    """A question of an offering's form."""

    class Role(models.TextChoices):
        """What the answer is used for beyond being read."""

        NONE = "none", _("nothing else")
        TITLE = "title", _("title of the request")
        TEXT = "text", _("the text to be published")

    offering = models.ForeignKey(
        ServiceOffering, models.CASCADE, related_name="questions", verbose_name=_("service offered")
    )
    role = models.CharField(_("is also"), max_length=10, choices=Role, default=Role.NONE)
    # A question that was answered stays; it is only no longer asked.
    is_asked = models.BooleanField(_("asked"), default=True)

    objects = OfferingQuestionQuerySet.as_manager()

    class Meta(Question.Meta):
        verbose_name = _("question of the form")
        verbose_name_plural = _("questions of the form")
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "role"],
                condition=Q(is_asked=True) & ~Q(role="none"),
                name="question_role_once",
                violation_error_message=_("Another question of the form is that already."),
            )
        ]

    def clean(self) -> None:
        """Raises ``ValidationError`` for a title or a text that is not written."""
        super().clean()
        needed = {self.Role.TITLE: [Kind.SHORT], self.Role.TEXT: [Kind.SHORT, Kind.LONG]}
        if self.role in needed and self.kind not in needed[self.role]:
            raise ValidationError({"role": _("A title is one line, a text is written in words.")})


class Stage(models.Model):
    """A stage of handling. Staff name the stages of each offering."""

    offering = models.ForeignKey(
        ServiceOffering, models.CASCADE, related_name="stages", verbose_name=_("service offered")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("stage of handling")
        verbose_name_plural = _("stages of handling")
        ordering = ["offering", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "name"],
                name="stage_once_per_offering",
                violation_error_message=_("The service already has a stage of this name."),
            ),
            # What the key (offering, stage) of a request refers to.
            models.UniqueConstraint(fields=["offering", "id"], name="stage_with_its_offering"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if english() and self.name_en else self.name
