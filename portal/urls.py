"""The addresses of the portal."""

from django.urls import path

from portal.views.awards import award_application, award_cycle, award_material
from portal.views.certificates import certificate, certificate_pdf
from portal.views.dues import dues_notice, transfer_slip
from portal.views.events import attendee_pass, event, event_calendar, event_person, events
from portal.views.invitation import invitation
from portal.views.joining import (
    application,
    application_file,
    application_link,
    application_print,
    join,
)
from portal.views.landing import landing, switch_unit
from portal.views.matters import matters
from portal.views.people import (
    add_contact,
    contact,
    invite_person,
    liaison_handover,
    person,
    unit_people,
    withdraw_handover,
    withdraw_invitation,
)
from portal.views.publications import issue, issue_pdf, issue_picture, publications
from portal.views.receipts import receipt
from portal.views.rights import home, rights_item
from portal.views.services import offering, request_file, service_request
from portal.views.studies import studies, study_file
from portal.views.tokens import revoke_token, tokens
from portal.views.unit import unit
from portal.views.unsubscribe import unsubscribe

ISSUE = "publications/<slug:code>/<int:year>/<int:number>/"

urlpatterns = [
    path("", landing, name="landing"),
    path("switch/", switch_unit, name="switch_unit"),
    path("rights/", home, name="home"),
    path("rights/<slug:code>/", rights_item, name="rights_item"),
    path("publications/", publications, name="publications"),
    path(ISSUE, issue, name="issue"),
    path(f"{ISSUE}pdf/", issue_pdf, name="issue_pdf"),
    path(f"{ISSUE}pictures/<str:digest>/", issue_picture, name="issue_picture"),
    path("events/", events, name="events"),
    path("events/<int:pk>/", event, name="event"),
    path("events/<int:pk>/people/<int:person>/", event_person, name="event_person"),
    path("events/<int:pk>/calendar/", event_calendar, name="event_calendar"),
    path("certificate/<str:key>/", certificate, name="certificate"),
    path("pass/<str:token>/", attendee_pass, name="pass"),
    path("matters/awards/<int:pk>/", award_cycle, name="award_cycle"),
    path("matters/applications/<int:pk>/", award_application, name="award_application"),
    path("matters/applications/<int:pk>/files/<int:file>/", award_material, name="award_material"),
    path("matters/", matters, name="matters"),
    path("matters/services/<slug:code>/", offering, name="offering"),
    path("matters/requests/<int:pk>/", service_request, name="service_request"),
    path("matters/requests/<int:pk>/files/<int:file>/", request_file, name="request_file"),
    path("matters/studies/", studies, name="studies"),
    path("matters/studies/<int:pk>/<slug:part>/", study_file, name="study_file"),
    path("unit/", unit, name="unit"),
    path("unit/certificate/", certificate_pdf, name="certificate_pdf"),
    path("unit/dues/<int:pk>/", dues_notice, name="dues_notice"),
    path("unit/receipts/<int:pk>/", receipt, name="receipt"),
    path("unit/slips/<int:pk>/", transfer_slip, name="transfer_slip"),
    path("unit/people/", unit_people, name="unit_people"),
    path("unit/people/invite/", invite_person, name="invite_person"),
    path("unit/people/<int:pk>/", person, name="unit_person"),
    path("unit/contacts/add/", add_contact, name="add_contact"),
    path("unit/contacts/<int:pk>/", contact, name="contact"),
    path("unit/invitations/<int:pk>/withdraw/", withdraw_invitation, name="withdraw_invitation"),
    path("unit/handover/", liaison_handover, name="liaison_handover"),
    path("unit/handover/withdraw/", withdraw_handover, name="withdraw_handover"),
    path("unit/tokens/", tokens, name="tokens"),
    path("unit/tokens/<int:pk>/revoke/", revoke_token, name="revoke_token"),
    path("invitation/<str:key>/", invitation, name="invitation"),
    path("join/", join, name="join"),
    path("join/link/", application_link, name="application_link"),
    path("join/<str:key>/", application, name="application"),
    path("join/<str:key>/print/", application_print, name="application_print"),
    path("join/<str:key>/files/<int:file>/", application_file, name="application_file"),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
]
