"""What staff can do on the pages, and what they are told when they cannot."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils import timezone

from members.models import Contact, DuesPayment, MembershipApplication, MemberUnit
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    ContactFactory,
    PaymentFactory,
    StandardFactory,
    TermFactory,
    TierFactory,
    UnitFactory,
    credit_code,
    member,
)
from tests.members.factories import PENDING, day

pytestmark = pytest.mark.django_db

UNITS = "/admin/members/memberunit/"
PAYMENTS = "/admin/members/duespayment/"
APPLICATIONS = "/admin/members/membershipapplication/"
INLINES = [
    "contacts",
    "appointments",
    "seats",
    "applications",
    "payments",
    "representatives",
    "former_names",
]


def unit_form(unit: MemberUnit | None = None, **fields) -> dict:
    """The unit's page as a browser sends it, without rows in the inlines."""
    data = {
        "name": unit.name if unit else "新矿业有限公司",
        "credit_code": unit.credit_code if unit else credit_code(12345),
        "kind": "enterprise",
    }
    for prefix in INLINES:
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | fields


def rows(prefix: str, *added: dict, initial: int = 0) -> dict:
    data = {f"{prefix}-TOTAL_FORMS": len(added), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(added):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def inline_errors(response) -> list:
    formsets = response.context["inline_admin_formsets"]
    return [errors for each in formsets for errors in each.formset.errors if errors]


# --- Units -------------------------------------------------------------------------------------


def test_a_unit_is_entered_with_its_contact_and_tier(as_superuser):
    data = unit_form() | rows(
        "contacts",
        {"name": "张三", "roles": ["bulletin", "liaison"], "email": "z@x.example", "is_active": 1},
    )
    tier, term = TierFactory(), TermFactory()
    data |= rows("appointments", {"tier": tier.pk, "term": term.pk, "starts_on": "2026-03-13"})

    response = as_superuser.post(f"{UNITS}add/", data)

    assert response.status_code == 302
    unit = MemberUnit.objects.get(name="新矿业有限公司")
    assert unit.contacts.get().roles == ["bulletin", "liaison"]
    assert unit.appointments.get().starts_on == day("2026-03-13")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("123", "统一社会信用代码为18位，由数字和大写字母组成（不含I、O、S、V、Z）。"),
        (
            credit_code(12345)[:-1] + "Z",
            "统一社会信用代码为18位，由数字和大写字母组成（不含I、O、S、V、Z）。",
        ),
    ],
)
def test_a_wrong_credit_code_is_told_at_the_field(as_superuser, code, message):
    response = as_superuser.post(f"{UNITS}add/", unit_form(credit_code=code))

    assert response.context["adminform"].form.errors == {"credit_code": [message]}
    assert MemberUnit.objects.count() == 0


def test_a_credit_code_that_exists_is_told_at_the_field(as_superuser):
    known = UnitFactory()

    response = as_superuser.post(f"{UNITS}add/", unit_form(credit_code=known.credit_code))

    assert response.context["adminform"].form.errors == {
        "credit_code": ["已有单位使用这个统一社会信用代码。"]
    }


def test_a_bulletin_contact_without_address_is_refused_in_chinese(as_superuser):
    contact = {"name": "张三", "roles": ["bulletin"], "email": "", "is_active": 1}

    response = as_superuser.post(f"{UNITS}add/", unit_form() | rows("contacts", contact))

    assert inline_errors(response) == [{"__all__": ["接收电子刊物的联系人必须填写电子邮箱。"]}]
    assert MemberUnit.objects.count() == 0


def test_what_a_unit_holds_is_read_on_its_page_and_not_changed_there(as_superuser):
    unit = member(joined_on=day("2020-01-01"))
    known = unit.appointments.get()
    row = {"id": known.pk, "unit": unit.pk, "tier": TierFactory(code="council").pk}
    data = unit_form(unit) | rows("appointments", row, initial=1)

    response = as_superuser.post(f"{UNITS}{unit.pk}/change/", data)

    assert response.status_code == 302
    assert unit.appointments.get().tier.code == "ordinary"


def test_a_single_correction_says_why(as_superuser):
    known = AppointmentFactory(starts_on=day("2020-01-01"))
    path = f"/admin/members/tierappointment/{known.pk}/change/"
    data = {"unit": known.unit_id, "tier": known.tier_id, "term": known.term_id}
    data |= {"starts_on": "2020-02-01"}

    refused = as_superuser.post(path, data)
    saved = as_superuser.post(path, data | {"why": "录入有误"})

    events = apps.get_model("members", "TierAppointmentEvent").objects
    assert refused.context["adminform"].form.errors == {"why": ["这个字段是必填项。"]}
    assert saved.status_code == 302
    assert events.order_by("pgh_id").last().pgh_context["why"] == "录入有误"


@pytest.mark.parametrize(("starts_in", "status"), [(0, 403), (1, 302)])
def test_only_what_has_not_begun_is_deleted(as_superuser, starts_in, status):
    first = timezone.localdate() + dt.timedelta(days=starts_in)
    row = AppointmentFactory(starts_on=first)

    response = as_superuser.post(
        f"/admin/members/tierappointment/{row.pk}/delete/", {"post": "yes"}
    )

    assert response.status_code == status


def test_overlapping_appointments_on_one_page_are_refused_at_the_field(as_superuser):
    tier, term = TierFactory(), TermFactory()
    row = {"tier": tier.pk, "term": term.pk}
    data = unit_form() | rows(
        "appointments", row | {"starts_on": "2026-05-01"}, row | {"starts_on": "2026-01-01"}
    )

    response = as_superuser.post(f"{UNITS}add/", data)

    assert inline_errors(response) == [
        {"starts_on": ["该单位在这段时间内已有会员级别，请先为原级别填写最后一天。"]}
    ]
    assert MemberUnit.objects.count() == 0


def test_a_period_that_ends_before_it_begins_is_told_at_the_field(as_superuser):
    row = {"tier": TierFactory().pk, "term": TermFactory().pk}
    row |= {"starts_on": "2026-05-01", "ends_on": "2026-04-30"}

    response = as_superuser.post(f"{UNITS}add/", unit_form() | rows("appointments", row))

    assert inline_errors(response) == [{"ends_on": ["最后一天早于第一天。"]}]


def test_an_overlap_with_a_stored_appointment_is_refused_on_its_own_page(as_superuser):
    known = AppointmentFactory(starts_on=day("2020-01-01"))
    data = {"unit": known.unit_id, "tier": known.tier_id, "term": known.term_id}

    response = as_superuser.post(
        "/admin/members/tierappointment/add/",
        data | {"starts_on": "2026-01-01", "why": "补录"},
    )

    assert response.context["adminform"].form.errors == {
        "__all__": ["该单位在这段时间内已有会员级别，请先为原级别填写最后一天。"]
    }


def test_the_page_of_a_unit_gives_its_standing_and_the_reasons(as_superuser):
    year = timezone.localdate().year
    unit = member(joined_on=day("2019-05-01"))
    for each in (year - 1, year):
        StandardFactory(tier=TierFactory(), year=each)

    page = as_superuser.get(f"{UNITS}{unit.pk}/change/").content.decode()

    assert page.count("<li>2019年5月1日入会。</li>") == 1
    assert page.count("<p>如何改变：</p>") == 1
    assert page.count("暂不能享受服务 · ") == 1


def test_the_page_of_a_unit_takes_the_same_queries_for_more_of_its_rows(as_superuser):
    unit = member(paid=(2024,))
    ContactFactory(unit=unit)
    path = f"{UNITS}{unit.pk}/change/"
    as_superuser.get(path)
    few = queries_of(as_superuser, path)

    ContactFactory(unit=unit, roles=[Contact.Role.FINANCE])
    PaymentFactory(unit=unit, year=2025)
    PaymentFactory(unit=unit, year=2026)

    assert queries_of(as_superuser, path) == few


def queries_of(client, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


# --- Dues --------------------------------------------------------------------------------------


def waiting_payment(**fields) -> DuesPayment:
    return PaymentFactory(confirmed_at=None, confirmed_by=None, year=2025, **fields)


def confirm(client, payments: list[DuesPayment], **more):
    data = {"action": "confirm_payments", "_selected_action": [each.pk for each in payments]}
    return client.post(PAYMENTS, data | more)


def test_confirming_first_says_what_it_will_do(as_role):
    finance = as_role("finance")
    payments = [waiting_payment(amount=5000), waiting_payment(amount=20000), PaymentFactory()]
    payments.append(waiting_payment(amount=100, kind=DuesPayment.Kind.REFUND))

    page = confirm(finance, payments)

    assert len(page.context["waiting"]) == 3
    assert (page.context["received"], page.context["returned"]) == ("¥25,000", "¥100")
    assert page.context["left_alone"] == 1
    assert page.content.decode().count("将确认3笔款项，均自各自的缴费日期起计入。") == 1
    assert DuesPayment.objects.filter(confirmed_at__isnull=True).count() == 3


def test_confirming_names_the_person(as_role):
    finance = as_role("finance")
    payment, known = waiting_payment(), PaymentFactory()
    before = known.confirmed_at

    response = confirm(finance, [payment, known], sure="1")

    payment.refresh_from_db()
    known.refresh_from_db()
    assert response.status_code == 302
    assert (payment.confirmed_by.name, known.confirmed_at) == ("finance", before)
    assert payment.confirmed_at is not None


def test_only_finance_is_offered_to_confirm(as_role):
    clerk = as_role("member_services")
    payment = waiting_payment()

    confirm(clerk, [payment], sure="1")

    payment.refresh_from_db()
    assert payment.confirmed_at is None


def test_a_confirmed_payment_is_read_only(as_superuser):
    payment = PaymentFactory(amount=5000)
    path = f"{PAYMENTS}{payment.pk}/"

    page = as_superuser.get(f"{path}change/")
    change = as_superuser.post(f"{path}change/", {"amount": 1})
    delete = as_superuser.post(f"{path}delete/", {"post": "yes"})

    payment.refresh_from_db()
    assert (page.status_code, change.status_code, delete.status_code) == (200, 403, 403)
    assert payment.amount == 5000


def test_a_waiting_payment_can_be_corrected(as_role):
    finance = as_role("finance")
    payment = waiting_payment()
    data = {
        "unit": payment.unit_id,
        "kind": "payment",
        "year": 2025,
        "amount": "20000",
        "paid_on": "2025-04-01",
    }

    response = finance.post(f"{PAYMENTS}{payment.pk}/change/", data)

    payment.refresh_from_db()
    assert response.status_code == 302
    assert (payment.amount, payment.paid_on) == (20000, day("2025-04-01"))


@pytest.mark.parametrize(("answer", "expected"), [("no", [False]), ("yes", [True])])
def test_payments_are_filtered_by_confirmation(as_superuser, answer, expected):
    waiting_payment()
    PaymentFactory()

    page = as_superuser.get(f"{PAYMENTS}?confirmed={answer}")

    assert [bool(each.confirmed_at) for each in page.context["cl"].result_list] == expected


# --- Applications ------------------------------------------------------------------------------


def pending_application() -> MembershipApplication:
    return ApplicationFactory(filed_on=day("2026-01-10"), decision=PENDING, decided_on=None)


def titles(page) -> list[str]:
    return [each["title"] for each in page.context["actions_detail"]]


def test_a_pending_application_is_approved_on_its_page(as_role):
    clerk = as_role("member_services")
    application = pending_application()
    path = f"{APPLICATIONS}{application.pk}/"

    offered = titles(clerk.get(f"{path}change/"))
    form = clerk.get(f"{path}approve/")
    response = clerk.post(
        f"{path}approve/", {"decided_on": "2026-02-01", "resolution": "2026年第1号"}
    )

    application.refresh_from_db()
    assert (offered, form.status_code) == (["批准", "不批准"], 200)
    assert response.url == f"{path}change/"
    assert (application.decision, application.decided_on) == ("approved", day("2026-02-01"))
    assert application.decided_by.name == "member_services"
    assert titles(clerk.get(f"{path}change/")) == ["终止会员资格"]


def test_a_refusal_is_shown_on_the_form(as_role):
    clerk = as_role("member_services")
    application = pending_application()

    page = clerk.post(
        f"{APPLICATIONS}{application.pk}/approve/", {"decided_on": "2026-01-09", "resolution": "1"}
    )

    assert page.context["form"].non_field_errors() == ["审批日期早于申请日期。"]


def test_a_membership_is_ended_on_its_page(as_role):
    clerk = as_role("member_services")
    application = ApplicationFactory(decided_on=day("2020-01-01"))

    facts = {"ended_on": "2026-03-31", "because": "申请退会"}

    preview = clerk.post(f"{APPLICATIONS}{application.pk}/end/", facts)
    application.refresh_from_db()
    before = application.ended_on
    clerk.post(f"{APPLICATIONS}{application.pk}/end/", facts | {"sure": "1"})

    application.refresh_from_db()
    assert (preview.status_code, preview.context["outcome"].rows, before) == (200, (), None)
    assert (application.ended_on, application.ended_because) == (day("2026-03-31"), "申请退会")
    assert application.ended_by.name == "member_services"


@pytest.mark.parametrize("step", ["approve", "reject", "end", "admit", "send-back", "reinstate"])
def test_others_do_not_decide(as_role, step):
    finance = as_role("finance")
    application = pending_application()

    response = finance.get(f"{APPLICATIONS}{application.pk}/{step}/")

    assert response.status_code == 403


def test_the_decision_is_not_typed_into_the_form(as_superuser):
    application = pending_application()
    data = {"unit": application.unit_id, "filed_on": "2026-01-10", "decision": "approved"}

    as_superuser.post(
        f"{APPLICATIONS}{application.pk}/change/", data | {"decided_on": "2026-01-11"}
    )

    application.refresh_from_db()
    assert (application.decision, application.decided_on) == ("pending", None)
