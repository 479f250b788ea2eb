"""Which users act for which unit."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.recorded import recorded
from members.models.units import MemberUnit


class RepresentativeQuerySet(models.QuerySet):
    def active(self):
        """Those who may act for their unit now."""
        return self.filter(revoked_at__isnull=True, user__is_active=True)


@recorded
class Representative(models.Model):
    """A user who signs in to the portal for a unit, until access is revoked."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        MANAGER = "manager", _("manager")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="representations",
        verbose_name=_("user"),
    )
    unit = models.ForeignKey(
        MemberUnit, models.CASCADE, related_name="representatives", verbose_name=_("member unit")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    granted_at = models.DateTimeField(_("access since"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("access revoked at"), null=True, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        ordering = ["unit", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit"],
                condition=Q(revoked_at__isnull=True),
                name="representative_once",
                violation_error_message=_("This user already acts for this unit."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.unit}"
