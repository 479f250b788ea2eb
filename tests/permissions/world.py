"""A small world in which every address has something real to show."""

import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import (
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
)

from accounts.models import User
from awards.models import AwardApplication, AwardCycle, Material
from benefits.models import Allowance, BenefitGroup, BenefitItem, ExceptionalGrant
from config.api import ROUTES as API_ROUTES
from events.models import Attendee, Event, EventSeries
from events.persons import Person
from events.registration import register
from letters.writing import write
from members.applicant_links import key_for as key_for_applicant
from members.models import (
    ApiToken,
    ApplicationFile,
    Contact,
    DuesNotice,
    DuesReceipt,
    DuesStandard,
    Invitation,
    MemberCertificate,
    MembershipApplication,
    MemberUnit,
    Representative,
    SheetImport,
    SpecialCommittee,
    Term,
    Tier,
    TransferSlip,
)
from news.models import NewsSubmission
from publications import correcting, pictures, previewing, printing, unsubscribing
from publications.models import (
    Article,
    Issue,
    IssueImport,
    Picture,
    PrintRun,
    Publication,
    Section,
    SectionTemplate,
)
from publications.release import release
from reports.models import CliffUnit, UnitStatement
from services.models import ServiceOffering, ServiceRequest, Study
from tests.api.factories import key_for
from tests.awards.factories import one_of_each_award
from tests.factories import (
    ContactFactory,
    PaymentFactory,
    RepresentativeFactory,
    UserFactory,
    member,
)
from tests.members.applicants import one_of_each_application
from tests.members.banking import one_of_each_bank
from tests.members.dues import one_of_each_due
from tests.members.factories import batch
from tests.members.papers import one_of_each_paper
from tests.members.people import INVITATION_KEY, merged_and_folded, one_of_each_of_people
from tests.members.sheets import one_of_each_sheet
from tests.publications.drawing import drawing, empty_page, upload
from tests.publications.factories import signed_off
from tests.services.factories import one_of_each_service

STAFF_ROLES = [
    "member_services",
    "editor",
    "first_reviewer",
    "second_reviewer",
    "final_reviewer",
    "finance",
    "events",
    "read_only",
]
# In the order of the table's letters.
ROLES = [
    "anonymous",
    "member",
    "manager",
    "other_member",
    "other_manager",
    "lapsed",
    *STAFF_ROLES,
    "superuser",
]

JOINED = dt.date(2020, 5, 1)
ISSUED_ON = dt.date(2026, 3, 13)
RELEASED_AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)


class World:
    """Units, people of every role, and one object of every kind; made once for a test."""

    def __init__(self) -> None:
        for command in ("load_roles", "load_charter", "load_catalogue"):
            call_command(command, verbosity=0)
        self.ours = self.paid_up_unit("我们矿业有限公司")
        self.others = self.paid_up_unit("他们矿业有限公司")
        self.lapsed = member(name="欠费矿业有限公司", joined_on=JOINED)
        people = {role: self.person(role) for role in ROLES[1:]}
        self.people = {person.pk: person for person in people.values()}
        self.sessions = {role: self.sign_in(person) for role, person in people.items()}
        self.keys = {role: key_for(each, self.unit_of(role)) for role, each in people.items()}
        ApiToken.objects.update(last_used_on=timezone.localdate())  # no request writes it again
        self.released = self.released_issue()
        self.objects = {type(each): each for each in self.one_of_each()}

    def paid_up_unit(self, name: str) -> MemberUnit:
        unit = member(
            name=name,
            joined_on=JOINED,
            committee="fluorite",
            paid=tuple(range(2020, timezone.localdate().year + 1)),
        )
        ContactFactory(unit=unit)
        return unit

    def person(self, role: str) -> User:
        user = UserFactory(
            email=f"{role}@people.example",
            is_staff=role in STAFF_ROLES or role == "superuser",
            is_superuser=role == "superuser",
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        unit = self.unit_of(role)
        if role in STAFF_ROLES:
            user.groups.add(Group.objects.get(name=role))
        elif unit:
            kind = "manager" if role.endswith("manager") or role == "lapsed" else "member"
            RepresentativeFactory(user=user, unit=unit, role=kind)
        return user

    def unit_of(self, role: str) -> MemberUnit | None:
        return {
            "member": self.ours,
            "manager": self.ours,
            "other_member": self.others,
            "other_manager": self.others,
            "lapsed": self.lapsed,
        }.get(role)

    def headers(self, role: str, url: str) -> dict[str, str]:
        """How the role says who it is: a person by the session, a program by its key."""
        if role == "anonymous":
            return {}
        if url.startswith("/api/"):
            return {"authorization": f"Token {self.keys[role]}"}
        return {"cookie": f"{settings.SESSION_COOKIE_NAME}={self.sessions[role]}"}

    def sign_in(self, user: User) -> str:
        client = Client()
        client.force_login(user)
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def released_issue(self) -> Issue:
        """An issue that went out, with its frozen list; members read it."""
        issue = self.issue(number=7, serial_number=689, pdf=ContentFile(b"%PDF-1.7", name="1.pdf"))
        release(issue=signed_off(issue), at=RELEASED_AT)
        return issue

    def issue(self, **fields) -> Issue:
        issue = Issue.objects.create(
            publication=Publication.objects.get(is_mailed=True),
            issued_on=ISSUED_ON,
            year=ISSUED_ON.year,
            **fields,
        )
        section = Section.objects.create(issue=issue, position=1, title="重要新闻")
        picture = pictures.take(upload(drawing()), by=None, at=RELEASED_AT)
        body = f"正文。\n\n![图](picture:{picture.digest})"
        Article.objects.create(section=section, position=1, title="样稿", body=body)
        return issue

    def print_run(self) -> PrintRun:
        """An issue of the magazine that was posted to unit ``ours``."""
        MemberUnit.objects.filter(pk=self.ours.pk).update(address="样例路1号")
        issue = Issue.objects.create(
            publication=Publication.objects.get(code="china-mining-magazine"),
            issued_on=ISSUED_ON,
            year=ISSUED_ON.year,
            number=3,
        )
        release(issue=signed_off(issue), at=RELEASED_AT)
        editor = User.objects.get(email="editor@people.example")
        return printing.confirm(issue=issue, posted_on=ISSUED_ON, at=RELEASED_AT, by=editor)

    def news(self) -> NewsSubmission:
        """An accepted text of unit ``ours`` that waits to be placed."""
        return NewsSubmission.objects.create(
            unit=self.ours,
            item=BenefitItem.objects.get(code="member-news"),
            title="样稿",
            body="正文。",
            filed_on=ISSUED_ON,
            accepted_at=RELEASED_AT,
            accepted_by=User.objects.get(email="member_services@people.example"),
        )

    def one_of_each(self) -> list:
        draft = self.issue(number=8, serial_number=690, pdf=ContentFile(empty_page(), name="2.pdf"))
        section = draft.sections.get()
        sent = self.released.distribution
        run = self.print_run()
        grant = ExceptionalGrant.objects.create(
            unit=self.others,
            reason="样例",
            approved_by=User.objects.get(email="superuser@people.example"),
            starts_on=ISSUED_ON,
            ends_on=ISSUED_ON,
        )
        series = EventSeries.objects.first()
        event = Event.objects.create(
            series=series, name="样会", starts_on=ISSUED_ON, ends_on=ISSUED_ON, place="北京"
        )
        [attendee] = register(
            event=event,
            unit=self.ours,
            people=[Person(name="张三", mobile="13800000000")],
            at=RELEASED_AT,
            by=User.objects.get(email="member@people.example"),
            by_staff=True,
        )
        Event.objects.filter(pk=event.pk).update(is_announced=True)
        task = PeriodicTask.objects.create(
            name="样例",
            task="publications.tasks.sweep",
            interval=IntervalSchedule.objects.create(every=1, period="hours"),
        )
        return [
            draft.publication,
            SectionTemplate.objects.create(
                publication=draft.publication, name="样例", titles="重要新闻"
            ),
            correcting.begin(
                data="样稿\n\n正文一段。".encode(), file_name="1.txt", by=None, at=RELEASED_AT
            ),
            Picture.objects.get(),
            draft,
            section,
            section.articles.get(),
            sent,
            sent.deliveries.filter(unit=self.ours).get(),
            run,
            run.parcels.get(unit=self.ours),
            self.news(),
            grant,
            series,
            event,
            attendee,
            attendee.registration,
            task,
            task.interval,
            CrontabSchedule.objects.create(),
            self.ours,
            UnitStatement.objects.get(pk=self.ours.pk),
            CliffUnit.objects.get(pk=self.ours.pk),
            PaymentFactory(unit=self.ours, year=2019, confirmed_at=None, confirmed_by=None),
            self.ours.contacts.get(),
            self.ours.seats.get(),
            self.ours.appointments.get(),
            batch(tiers={self.ours: "council"}),
            *one_of_each_application(),
            self.ours.representatives.first(),
            self.ours.api_tokens.last(),
            *one_of_each_sheet(by=User.objects.get(email="member_services@people.example")),
            *merged_and_folded(
                by=User.objects.get(email="superuser@people.example"), at=timezone.now()
            ),
            *one_of_each_of_people(
                self.ours,
                by=User.objects.get(email="manager@people.example"),
                at=timezone.now(),
            ),
            write(to="li@unit.example", subject="样信", text="正文。", at=RELEASED_AT),
            *(
                model.objects.first()
                for model in (
                    Allowance,
                    BenefitGroup,
                    BenefitItem,
                    DuesStandard,
                    Group,
                    SpecialCommittee,
                    Term,
                    Tier,
                )
            ),
            *one_of_each_paper(
                self.ours, by=User.objects.get(email="finance@people.example"), at=RELEASED_AT
            ),
            *one_of_each_bank(
                self.ours, by=User.objects.get(email="finance@people.example"), at=RELEASED_AT
            ),
            *one_of_each_award(
                self.ours, by=User.objects.get(email="member@people.example"), at=RELEASED_AT
            ),
            *one_of_each_due(
                self.ours, by=User.objects.get(email="member@people.example"), at=RELEASED_AT
            ),
            *one_of_each_service(
                self.ours, by=User.objects.get(email="member@people.example"), at=RELEASED_AT
            ),
            User.objects.get(email="member@people.example"),
        ]

    def argument(self, name: str, route: str):
        """What an address takes, from a real object of unit ``ours``."""
        if route.startswith("api/") and name in ("pk", "code"):
            return getattr(self.object_of_api(route), name)
        if name == "pk" and route.startswith("events/"):
            return self.objects[Event].pk
        if name == "pk" and route.startswith("unit/dues/"):
            return self.objects[DuesNotice].pk
        if name == "pk" and route.startswith("unit/slips/"):
            return self.objects[TransferSlip].pk
        if name in ("pk", "code") and (own := self.service_of(route)):
            return getattr(own, name)
        if name == "pk" and route.startswith("matters/awards/"):
            return self.objects[AwardCycle].pk
        if name == "pk" and route.startswith("matters/applications/"):
            return self.objects[AwardApplication].pk
        if name == "key" and route.startswith("join/"):
            return key_for_applicant(self.objects[MembershipApplication])
        if name == "file" and ("join/" in route or "membershipapplication" in route):
            return self.objects[ApplicationFile].pk
        if name == "file" and "application" in route:
            return self.objects[Material].pk
        if name == "file" and "request" in route:
            return self.objects[ServiceRequest].files.get().pk
        if name == "pk" and route.startswith("unit/receipts/"):
            return self.objects[DuesReceipt].pk
        if name == "pk" and (model := self.of_people(route)):
            return self.objects[model].pk
        if name == "pk" and route.startswith("publications/"):
            return Article.objects.get(section__issue=self.released).pk
        if name == "digest" and "preview" in route:
            return previewing.preview(self.objects[Issue]).digest
        if name == "number" and "preview" in route:
            return 1
        if name == "object_id":
            return self.released.pk if route.endswith("progress/") else self.object_of(route).pk
        if name == "code" and route.startswith("rights/"):
            return self.objects[Publication].benefit_item.code
        if name == "token" and route.startswith("pass/"):
            return self.objects[Attendee].token
        issue, user = self.released, self.objects[User]
        return {
            "code": lambda: issue.publication.code,
            "year": lambda: issue.year,
            "number": lambda: issue.number,
            "token": lambda: unsubscribing.token_for(self.objects[Contact].pk),
            "app_label": lambda: "members",
            "url": lambda: "nothing/here/",
            "content_type_id": lambda: ContentType.objects.get_for_model(MemberUnit).pk,
            "pk": lambda: self.objects[ApiToken].pk,
            "part": lambda: "report",
            "subject": lambda: self.objects[SheetImport].subject,
            "person": lambda: self.objects[Attendee].pk,
            "digest": lambda: self.objects[Picture].digest,
            "import_id": lambda: self.objects[IssueImport].pk,
            "uidb36": lambda: user_pk_to_url_str(user),
            "key": lambda: self.key(route, user),
        }[name]()

    @staticmethod
    def of_people(route: str):
        """What an address of the portal's pages about people names."""
        models = {
            "unit/people/": Representative,
            "unit/contacts/": Contact,
            "unit/invitations/": Invitation,
        }
        return next((models[place] for place in models if route.startswith(place)), None)

    def key(self, route: str, user: User) -> str:
        if route.startswith("invitation/"):
            return INVITATION_KEY
        if route.startswith("certificate/"):
            return self.objects[MemberCertificate].key
        if "confirm-email" in route:
            return EmailConfirmationHMAC(EmailAddress.objects.get(user=user)).key
        return default_token_generator.make_token(user)

    def service_of(self, route: str):
        """The object of one of the portal's addresses for services."""
        models = {"services": ServiceOffering, "requests": ServiceRequest, "studies": Study}
        place, _slash, rest = route.partition("/")
        kind = rest.partition("/")[0]
        return self.objects[models[kind]] if place == "matters" and kind in models else None

    def object_of_api(self, route: str):
        """The object of an API address: ``api/v1/units/…`` names one of what its view set shows."""
        model = dict(API_ROUTES)[route.split("/")[2]].queryset.model
        return self.released if model is Issue else self.objects[model]

    def object_of(self, route: str):
        """The object of an admin address: ``admin/members/contact/…`` names a contact."""
        for model, each in self.objects.items():
            meta = model._meta
            if route.startswith(f"admin/{meta.app_label}/{meta.model_name}/"):
                return each
        if route.startswith("admin/r/"):
            return self.ours
        raise LookupError(f"tests/permissions/world.py has no object for {route}")
