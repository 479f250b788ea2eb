"""The addresses of the portal."""

from django.urls import path

from portal.views.events import events
from portal.views.landing import landing, switch_unit
from portal.views.publications import issue, issue_pdf, publications
from portal.views.rights import home, rights_item
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
    path("events/", events, name="events"),
    path("unit/", unit, name="unit"),
    path("unit/tokens/", tokens, name="tokens"),
    path("unit/tokens/<int:pk>/revoke/", revoke_token, name="revoke_token"),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
]
