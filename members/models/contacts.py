"""People at a unit whom the association writes to."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members.models.units import MemberUnit


class ContactQuerySet(models.QuerySet):
    def with_role(self, role: str):
        """Active contacts that serve the purpose ``role``."""
        return self.filter(is_active=True, roles__contains=[role])


class Contact(models.Model):
    """联系人. One person may serve several purposes."""

    class Role(models.TextChoices):
        LIAISON = "liaison", _("liaison")
        BULLETIN = "bulletin", _("bulletin by e-mail")
        PARCELS = "parcels", _("parcels by post")
        FINANCE = "finance", _("dues and finance")
        EVENTS = "events", _("meetings and events")

    unit = models.ForeignKey(
        MemberUnit, models.CASCADE, related_name="contacts", verbose_name=_("member unit")
    )
    name = models.CharField(_("full name"), max_length=60)
    roles = ArrayField(
        models.CharField(max_length=10, choices=Role), verbose_name=_("contact for"), default=list
    )
    title = models.CharField(_("job title"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    mobile = models.CharField(_("mobile"), max_length=30, blank=True)
    address = models.CharField(_("postal address, if not the unit's"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # The person's wish for no more bulletin mail; the unit's right is untouched.
    unsubscribed_at = models.DateTimeField(
        _("unsubscribed from the bulletin at"), null=True, blank=True
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["unit", "name", "pk"]
        indexes = [GinIndex("roles", name="contact_roles", condition=Q(is_active=True))]
        constraints = [
            models.CheckConstraint(
                name="contact_bulletin_needs_email",
                condition=~Q(roles__contains=["bulletin"]) | ~Q(email=""),
                violation_error_message=_("A bulletin contact needs an e-mail address."),
            ),
            models.UniqueConstraint(
                "unit",
                Lower("email"),
                condition=~Q(email=""),
                name="contact_email_once_per_unit",
                violation_error_message=_("The unit already has a contact with this address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
