"""Member units and the names they had before."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as StdnumError

from members.models.recorded import recorded


def validate_credit_code(value: str) -> None:
    """统一社会信用代码: eighteen characters with a check digit. Raises ``ValidationError``."""
    try:
        uscc.validate(value)
    except InvalidChecksum as error:
        raise ValidationError(
            _("The check digit of this credit code does not fit: one character is mistyped."),
            code="credit_code_checksum",
        ) from error
    except StdnumError as error:
        raise ValidationError(
            _("A credit code has 18 characters: digits and capital letters without I, O, S, V, Z."),
            code="credit_code",
        ) from error


class CreditCodeField(models.CharField):
    """A credit code, kept in capital letters without spaces."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 18)
        kwargs.setdefault("validators", [validate_credit_code])
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        return uscc.compact(value).upper() if value else value


class MemberUnitQuerySet(models.QuerySet):
    def members(self, on: dt.date):
        """Units whose membership is in force on the day ``on``."""
        from members.models.joining import (
            MembershipApplication,  # the two modules refer to each other
        )

        return self.filter(
            Exists(MembershipApplication.objects.in_force(on).filter(unit=OuterRef("pk")))
        )

    def in_good_standing(self, on: dt.date):
        """Units that may enjoy services taking place on ``on``: the set form of ``standing()``."""
        from members.standing import in_good_standing  # the rule stands above the models

        return in_good_standing(self, on)

    def genuine(self):
        """Units without the emptied rows of those that were entered twice."""
        return self.filter(duplicate_of__isnull=True)

    def named(self, text: str):
        """Units found by credit code, or by a part of today's or a former name."""
        text = text.strip()
        former = FormerName.objects.filter(unit=OuterRef("pk"), name__icontains=text)
        found = Q(credit_code=text.upper()) | Q(name__icontains=text) | Exists(former)
        return self.genuine().filter(found)

    def meant(self, text: str):
        """The unit with exactly this name or credit code, else all that `named` finds."""
        whole = self.genuine().filter(Q(name=text.strip()) | Q(credit_code=text.strip().upper()))
        return whole if whole.exists() else self.named(text)


@recorded
class MemberUnit(models.Model):
    """会员单位: an organisation, whether it is, was or wants to be a member."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", _("enterprise")
        INSTITUTION = "institution", _("public institution")
        RESEARCH = "research", _("research institute")
        SCHOOL = "school", _("university or school")
        ASSOCIATION = "association", _("association or society")
        OTHER = "other", _("other organisation")

    name = models.CharField(_("name"), max_length=120, unique=True)
    credit_code = CreditCodeField(
        _("unified social credit code"),
        unique=True,
        null=True,  # of an emptied duplicate only
        error_messages={"unique": _("A unit with this credit code exists already.")},
    )
    kind = models.CharField(
        _("kind of organisation"), max_length=20, choices=Kind, default=Kind.ENTERPRISE
    )
    province = models.CharField(_("province"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    note = models.TextField(_("note for staff"), blank=True)
    # Set on a row that was entered twice, once all it had was moved to the row that is kept.
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="duplicates",
        verbose_name=_("entered twice; kept as"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = MemberUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("member unit")
        verbose_name_plural = _("member units")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="unit_code_unless_duplicate",
                condition=Q(duplicate_of__isnull=True, credit_code__isnull=False)
                | Q(duplicate_of__isnull=False, credit_code__isnull=True),
                violation_error_message=_("A unit needs its credit code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@recorded
class FormerName(models.Model):
    """曾用名: a name under which a unit was known until a day."""

    unit = models.ForeignKey(
        MemberUnit, models.CASCADE, related_name="former_names", verbose_name=_("member unit")
    )
    name = models.CharField(_("former name"), max_length=120)
    until = models.DateField(_("used until"), null=True, blank=True)

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        ordering = ["-until", "name"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="former_name_once_per_unit")
        ]

    def __str__(self) -> str:
        return self.name
