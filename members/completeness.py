"""What an application for membership still needs before it can be sent."""

from django.utils.translation import gettext as _

from members.models import ApplicationFile, Contact, MembershipApplication

Purpose = ApplicationFile.Purpose


def missing(application: MembershipApplication) -> dict[str, str]:
    """What to do, by the field of the applicant's form at which to say it; empty: complete.

    Name, credit code, and the liaison's name and address are there from the beginning.
    """
    form = application.form
    liaison = application.contacts.filter(roles__contains=[Contact.Role.LIAISON]).first()
    held = set(application.files.values_list("purpose", flat=True))
    needed = {
        "kind": (form.kind, _("Choose what kind of organisation it is.")),
        "province": (form.province, _("Choose the province.")),
        "address": (form.address, _("Enter the address for letters and parcels.")),
        "phone": (form.phone, _("Enter a telephone number of the unit.")),
        "tier": (form.tier_id, _("Choose the tier you apply for.")),
        "liaison_mobile": (
            liaison and liaison.mobile,
            _("Enter the liaison's mobile number, for questions about the application."),
        ),
        "licence": (Purpose.LICENCE in held, _("Upload a copy of the business licence.")),
        "stamped_form": (
            Purpose.STAMPED_FORM in held,
            _("Print the form, stamp it, and upload a scan or photo."),
        ),
    }
    return {field: words for field, (value, words) in needed.items() if not value}
