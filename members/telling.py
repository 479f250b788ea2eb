"""Letters about an application for membership, in Chinese, to the liaison named in it."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from letters.writing import write
from members.applicant_links import link_to
from members.models import ApplicationStep, Contact, MembershipApplication

Kind = ApplicationStep.Kind
SUBJECTS = {
    "begun": _("Your application for membership: continue with this link"),
    "link": _("The link to your application for membership"),
    Kind.FILED: _("We have the application for membership of %(name)s"),
    Kind.REFILED: _("We have the corrected application of %(name)s"),
    Kind.RETURNED: _("Please correct the application of %(name)s"),
    Kind.APPROVED: _("%(name)s is now a member"),
    Kind.REJECTED: _("The application of %(name)s was not approved"),
}


def tell(application: MembershipApplication, what: str, *, at: dt.datetime, **facts) -> None:
    """Write to the liaison. ``what`` names the subject and the text's template.

    An application that staff entered has no liaison: nobody is written to.
    """
    liaison = application.contacts.filter(roles__contains=[Contact.Role.LIAISON]).first()
    if liaison is None:
        return
    with translation.override("zh-hans"):
        subject = SUBJECTS[what] % {"name": application.name}
        facts |= {
            "application": application,
            "liaison": liaison,
            "link": link_to(application),
            "association": settings.ASSOCIATION_NAME,
        }
        text = render_to_string(f"members/mail/application_{what}.txt", facts)
    write(to=liaison.email, subject=subject, text=text, at=at)
