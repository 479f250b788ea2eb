"""People at a unit whom the association writes to."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members.models.recorded import recorded
from members.models.units import MemberUnit


class ContactQuerySet(models.QuerySet):
    def with_role(self, role: str):
        """Active contacts that serve the purpose ``role``."""
        return self.filter(is_active=True, roles__contains=[role])

    def reachable(self):
        """Active contacts with an e-mail address that has not failed."""
        return self.filter(is_active=True).exclude(email="").exclude(failed_address=F("email"))

    def to_write_to(self, role: str):
        """Whom an e-mail for the purpose ``role`` goes to.

        Of each unit those who serve it; where none of them can be reached, their deputies.
        """
        first = self.model.objects.reachable().filter(unit=OuterRef("unit"), roles__contains=[role])
        return self.reachable().filter(
            Q(roles__contains=[role]) | (Q(deputy_roles__contains=[role]) & ~Exists(first))
        )

    def to_repair(self):
        """Active contacts that no e-mail reaches: the address failed, or they unsubscribed."""
        failed = Q(failed_address=F("email")) & ~Q(email="")
        silent = Q(unsubscribed_at__isnull=False) & (
            Q(roles__contains=[Contact.Role.BULLETIN])
            | Q(deputy_roles__contains=[Contact.Role.BULLETIN])
        )
        return self.filter(failed | silent, is_active=True)


@recorded
class Contact(models.Model):
    """联系人. One person may serve several purposes, and stand in for others in further ones."""

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
        models.CharField(max_length=10, choices=Role),
        verbose_name=_("contact for"),
        default=list,
        blank=True,
    )
    deputy_roles = ArrayField(
        models.CharField(max_length=10, choices=Role),
        verbose_name=_("deputy for"),
        default=list,
        blank=True,
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
    # The address that mail servers refused for good. It is the contact's trouble only while it is
    # the contact's address, so that a new address needs no clearing.
    failed_address = models.EmailField(_("address that failed"), blank=True, editable=False)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True, editable=False)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True, editable=False)
    # The address about which the unit's liaison was asked for another: once for each.
    asked_about = models.EmailField(_("asked about"), blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["unit", "name", "pk"]
        indexes = [GinIndex("roles", name="contact_roles", condition=Q(is_active=True))]
        constraints = [
            models.CheckConstraint(
                name="contact_bulletin_needs_email",
                condition=(
                    ~Q(roles__contains=["bulletin"]) & ~Q(deputy_roles__contains=["bulletin"])
                )
                | ~Q(email=""),
                violation_error_message=_("A bulletin contact needs an e-mail address."),
            ),
            models.UniqueConstraint(
                "unit",
                Lower("email"),
                condition=~Q(email=""),
                name="contact_email_once_per_unit",
                violation_error_message=_("The unit already has a contact with this address."),
            ),
            models.CheckConstraint(
                name="contact_deputy_of_others",
                condition=~Q(roles__overlap=F("deputy_roles")),
                violation_error_message=_(
                    "Choose for each purpose: the contact itself, or the deputy. Not both."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_address_failed(self) -> bool:
        """Whether mail to today's address was refused for good."""
        return bool(self.email) and self.failed_address == self.email

    def serves(self, role: str) -> bool:
        return role in self.roles or role in self.deputy_roles
