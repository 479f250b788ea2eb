"""发放: the frozen list of who gets an issue, and how far each delivery has come."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from members.models import Contact, MemberUnit, Tier
from publications.models.issues import Issue


class Distribution(models.Model):
    """发放批次: the one time that an issue goes out."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")
        FINISHED = "finished", _("finished")

    issue = models.OneToOneField(
        Issue, models.PROTECT, related_name="distribution", verbose_name=_("issue")
    )
    service_on = models.DateField(_("service date"))
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.RUNNING, editable=False
    )
    planned_at = models.DateTimeField(_("list frozen at"))
    # Empty when the clock released the issue.
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by"),
    )
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # Who last paused, resumed or stopped it, or had the failed ones tried again.
    steered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("last steered by"),
    )
    steered_at = models.DateTimeField(_("last steered at"), null=True, blank=True, editable=False)
    # Set while the mail server cannot be used: nothing is claimed before this time.
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True)
    trouble = models.CharField(_("trouble with the mail server"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("distribution")
        verbose_name_plural = _("distributions")
        ordering = ["-planned_at"]

    def __str__(self) -> str:
        return str(self.issue)


class DeliveryQuerySet(models.QuerySet):
    def tally(self) -> dict[str, int]:
        """Counts: promised = sent + pending + failed + left_out, and beside it not_entitled."""
        return self.aggregate(
            sent=Count("pk", filter=Q(state__in=Delivery.SENT)),
            pending=Count("pk", filter=Q(state__in=Delivery.PENDING)),
            failed=Count("pk", filter=Q(state__in=Delivery.LOST)),
            left_out=Count("pk", filter=Q(state__in=Delivery.LEFT)),
            promised=Count("pk", filter=~Q(state=Delivery.State.NOT_ENTITLED)),
            not_entitled=Count("pk", filter=Q(state=Delivery.State.NOT_ENTITLED)),
        )


class Delivery(models.Model):
    """One unit, one channel, one address: what was decided at the time, and what became of it.

    A unit that is not entitled has a row too (state ``not_entitled``, with the reason), and so has
    an entitled unit that cannot be reached (state ``left_out``).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        CLAIMED = "claimed", _("claimed by a worker")
        SENDING = "sending", _("being sent")
        RETRY = "retry", _("to be tried again")
        UNKNOWN = "unknown", _("outcome unknown, to be tried again")
        ACCEPTED = "accepted", _("sent")
        BOUNCED = "bounced", _("bounced")
        FAILED = "failed", _("failed")
        LEFT_OUT = "left_out", _("left out")
        SUPPRESSED = "suppressed", _("suppressed")
        CANCELLED = "cancelled", _("cancelled")
        NOT_ENTITLED = "not_entitled", _("not entitled")

    WAITING = (State.QUEUED, State.RETRY, State.UNKNOWN)
    IN_HAND = (State.CLAIMED, State.SENDING)
    PENDING = WAITING + IN_HAND
    SENT = (State.ACCEPTED,)
    LOST = (State.FAILED, State.BOUNCED)
    LEFT = (State.LEFT_OUT, State.SUPPRESSED, State.CANCELLED)

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")

    class Reason(models.TextChoices):
        """Why an entitled unit, or one of its contacts, does not get the mail."""

        NO_CONTACT = "no_contact", _("no contact for the bulletin")
        UNSUBSCRIBED = "unsubscribed", _("the contact has unsubscribed")
        BAD_ADDRESS = "bad_address", _("the address is not a valid e-mail address")
        FAILED_ADDRESS = "failed_address", _("mail to the address was refused for good")
        CONTACT_GONE = "contact_gone", _("the contact is no longer there")
        STOPPED = "stopped", _("the distribution was stopped")

    # Each index is written three times a message: the ones that only a rare deletion would
    # use are left out, and `delivery_once` serves for the distribution.
    distribution = models.ForeignKey(
        Distribution,
        models.PROTECT,
        db_index=False,
        related_name="deliveries",
        verbose_name=_("distribution"),
    )
    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="deliveries", verbose_name=_("member unit")
    )
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("contact"),
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.EMAIL)
    address = models.CharField(_("address"), max_length=254, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State)
    # Why the row was left out, refused or is not entitled: a code, put into words where shown.
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    # What was decided when the list was frozen.
    tier = models.ForeignKey(
        Tier,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("tier"),
    )
    basis = models.CharField(_("basis"), max_length=40, blank=True)

    message_id = models.CharField(_("Message-ID"), max_length=120, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    token = models.UUIDField(_("claim token"), null=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reply = models.CharField(_("mail server's answer"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["distribution", "unit", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["distribution", "unit", "channel", "address"], name="delivery_once"
            ),
            models.UniqueConstraint(
                fields=["message_id"], condition=~Q(message_id=""), name="delivery_message_id_once"
            ),
            models.CheckConstraint(
                name="delivery_left_out_has_reason",
                condition=~Q(state__in=["left_out", "suppressed", "cancelled", "not_entitled"])
                | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="delivery_in_hand_has_claim",
                condition=~Q(state__in=["claimed", "sending"])
                | Q(token__isnull=False, lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_waiting_has_time",
                condition=~Q(state__in=["queued", "retry", "unknown"]) | Q(due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_to_send_has_address",
                condition=Q(state__in=["left_out", "not_entitled"])
                | (~Q(address="") & ~Q(message_id="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["distribution", "due_at"],
                name="delivery_waiting",
                condition=Q(state__in=["queued", "retry", "unknown"]),
            ),
            models.Index(
                fields=["lease_until"],
                name="delivery_in_hand",
                condition=Q(state__in=["claimed", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.address}"
