"""专题研究报告: a study of a problem, for the units concerned; its common part for more."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.basis import Basis
from files.models import StoredFile
from members.models import MemberUnit, Tier
from services.models.offerings import ServiceOffering
from services.models.requests import ServiceRequest


class Part(models.TextChoices):
    """The two parts of a study, each a file."""

    REPORT = "report", _("the study")
    COMMON = "common", _("its common part")


class Study(models.Model):
    """One study. Who may read it is judged on ``issued_on`` (`services.studies`)."""

    title = models.CharField(_("title"), max_length=200)
    offering = models.ForeignKey(
        ServiceOffering, models.PROTECT, related_name="studies", verbose_name=_("service offered")
    )
    request = models.ForeignKey(
        ServiceRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="studies",
        verbose_name=_("request it answers"),
    )
    issued_on = models.DateField(_("date of the study"))
    units = models.ManyToManyField(
        MemberUnit, through="StudyCopy", related_name="studies", verbose_name=_("units")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        verbose_name = _("study of a problem")
        verbose_name_plural = _("studies of problems")
        ordering = ["-issued_on", "-pk"]
        permissions = [("publish_study", _("Can publish a study"))]
        constraints = [
            models.CheckConstraint(
                name="study_published_has_person",
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                violation_error_message=_("A published study has the person who published it."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class StudyCopyQuerySet(models.QuerySet):
    def handed(self):
        """Copies of units that were entitled on the date of issue."""
        return self.filter(basis__in=[Basis.CHARTER, Basis.EXCEPTIONAL_GRANT])


class StudyCopy(models.Model):
    """A part of a study for one unit: the report for a unit concerned, or the common part.

    Staff name the units concerned; publishing adds those that share the common part and keeps,
    for both, what decided on the date of issue.
    """

    study = models.ForeignKey(
        Study, models.CASCADE, related_name="copies", verbose_name=_("study of a problem")
    )
    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="study_copies", verbose_name=_("member unit")
    )
    part = models.CharField(_("part"), max_length=10, choices=Part, default=Part.REPORT)
    tier = models.ForeignKey(
        Tier,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("tier"),
    )
    basis = models.CharField(_("basis"), max_length=30, choices=Basis, blank=True, editable=False)

    objects = StudyCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit that gets the study")
        verbose_name_plural = _("units that get the study")
        ordering = ["study", "part", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "unit", "part"],
                name="study_copy_once",
                violation_error_message=_("This unit is on the list already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_part_display()}"


class StudyFile(StoredFile):
    """The file of one part."""

    study = models.ForeignKey(
        Study, models.CASCADE, related_name="files", verbose_name=_("study of a problem")
    )
    part = models.CharField(_("part"), max_length=10, choices=Part)

    class Meta:
        verbose_name = _("file of a study")
        verbose_name_plural = _("files of studies")
        ordering = ["study", "-part"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "part"],
                name="study_file_once_per_part",
                violation_error_message=_("The study already has a file for this part."),
            )
        ]
