"""Keys with which machines ask."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.models.representation import Representative
from members.models.units import MemberUnit


class ApiTokenQuerySet(models.QuerySet):
    def valid(self, at: dt.datetime):
        """Tokens that open the door at ``at``.

        A unit's token lasts as long as its maker may act for the unit, a staff token as long as
        its maker is staff: leaving people lose it with their access.
        """
        acts = Representative.objects.active().filter(user=OuterRef("user"), unit=OuterRef("unit"))
        kept = Q(revoked_at__isnull=True, expires_at__gt=at, user__is_active=True)
        of_unit = Q(unit__isnull=False) & Exists(acts)
        of_staff = Q(unit__isnull=True, user__is_staff=True)
        return self.filter(kept & (of_unit | of_staff))


class ApiToken(models.Model):
    """A key: for one unit, or, without a unit, for a member of staff and what the role may see.

    Only a digest is kept; the key itself is shown once, when it is made.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="api_tokens",
        verbose_name=_("made by"),
    )
    unit = models.ForeignKey(
        MemberUnit,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="api_tokens",
        verbose_name=_("member unit"),
    )
    name = models.CharField(_("what it is for"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("ends in"), max_length=4, editable=False)
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="token_named",
                condition=~Q(name=""),
                violation_error_message=_("Say what the token is for."),
            ),
            models.CheckConstraint(
                name="token_ends_after_it_begins",
                condition=Q(expires_at__gt=F("created_at")),
                violation_error_message=_("A token ends after it was made."),
            ),
            models.CheckConstraint(
                name="token_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                violation_error_message=_("A revoked token says when and by whom."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"
