"""What staff see and press for awards."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts.roles import load_roles
from awards import applying, deciding
from awards.models import AwardApplication, AwardCycle
from benefits.models import BenefitItem
from cases.questions import Kind
from letters.models import Letter
from tests.awards.factories import (
    AT,
    DEADLINE,
    AwardFactory,
    CycleFactory,
    ItemFactory,
    QuestionFactory,
    RequirementFactory,
    draft,
    person_of,
    submitted,
    upload,
)
from tests.factories import UserFactory
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db

State = AwardApplication.State
AWARDS = reverse("admin:awards_award_changelist")
CYCLES = reverse("admin:awards_awardcycle_changelist")
QUEUE = reverse("admin:awards_awardapplication_changelist")
OPEN_NEXT = reverse("admin:awards_awardcycle_open_next")
THIS_YEAR = timezone.localdate().year


@pytest.fixture
def staff(client):
    client.user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(client.user)
    return client


def in_role(client, role: str):
    load_roles()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def act_of(name: str, application) -> str:
    return reverse(f"admin:awards_awardapplication_{name}", args=[application.pk])


def change_of(application) -> str:
    return act_of("change", application)


def again(application) -> AwardApplication:
    return AwardApplication.objects.get(pk=application.pk)


# --- Lists ---


def test_each_list_takes_the_same_queries_for_more_rows(staff):
    def add(code: str) -> None:
        award = AwardFactory(code=code)
        cycle = CycleFactory(award=award, name=code)
        submitted(cycle=cycle)

    add("one")
    before = [queries_of(staff, address) for address in (AWARDS, CYCLES, QUEUE)]
    add("two")
    add("three")

    assert [queries_of(staff, address) for address in (AWARDS, CYCLES, QUEUE)] == before


def test_the_queue_begins_with_the_oldest_and_has_no_drafts(staff):
    cycle = CycleFactory()
    second = submitted(cycle=cycle, at=AT + dt.timedelta(days=1))
    first = submitted(cycle=cycle, at=AT)
    hidden = draft(cycle=cycle)

    assert list(staff.get(QUEUE).context["cl"].queryset) == [first, second]
    assert staff.get(change_of(hidden)).status_code == 302


def test_the_queue_is_filtered_by_state_and_cycle_and_searched(staff):
    waiting, done = submitted(), submitted(cycle=CycleFactory(award=AwardFactory(code="b")))
    deciding.decline(application=done, reason="不符合", at=AT, by=staff.user)

    def found(**given):
        return list(staff.get(QUEUE, given).context["cl"].queryset)

    assert found(state__exact="submitted") == [waiting]
    assert found(state__in="submitted,accepted") == [waiting]
    assert found(cycle__id__exact=done.cycle_id) == [done]
    assert found(q=waiting.unit.name) == [waiting]
    assert found(q="2026-001") == [waiting, done]


def test_cycles_are_counted_by_state(staff):
    cycle = CycleFactory()
    draft(cycle=cycle)
    ones = [submitted(cycle=cycle) for _ in range(4)]
    deciding.accept(application=ones[0], at=AT, by=staff.user)
    deciding.decline(application=ones[1], reason="不符合", at=AT, by=staff.user)
    applying.withdraw(application=ones[2], at=AT, by=staff.user)

    [row] = staff.get(CYCLES).context["cl"].queryset

    counts = (row.drafts_count, row.to_check_count, row.in_review_count, row.decided_count)
    assert counts == (1, 1, 1, 2)


@pytest.mark.parametrize("stage", ["hidden", "ahead", "open", "closed"])
def test_cycles_are_filtered_by_their_stage(staff, stage):
    today, now = timezone.localdate(), timezone.now()
    day = dt.timedelta(days=1)
    spans = {
        "hidden": (today - day, now + day, False),
        "ahead": (today + day, now + 2 * day, True),
        "open": (today - day, now + day, True),
        "closed": (today - 2 * day, now - day, True),
    }
    for number, (name, (opens_on, closes_at, is_announced)) in enumerate(spans.items()):
        CycleFactory(
            name=name,
            year=2026 + number,
            opens_on=opens_on,
            closes_at=closes_at,
            is_announced=is_announced,
        )

    found = staff.get(CYCLES, {"stage": stage}).context["cl"].queryset

    assert [cycle.name for cycle in found] == [stage]
    assert [str(cycle.stage(now)) for cycle in found] == [stage]


# --- Due cycles ---


def test_due_awards_stand_on_top_of_the_cycles_and_behind_the_filter(staff):
    due = CycleFactory(award=AwardFactory(code="due", name="应开奖"), year=THIS_YEAR - 1).award
    CycleFactory(award=AwardFactory(code="done", name="已开奖"), year=THIS_YEAR)
    new = AwardFactory(code="new", name="新奖")

    page = Page(staff.get(CYCLES))
    assert (
        page.each("award-due")
        == [
            "按周期，以下奖项应开启新一轮申报："
            f"应开奖· 每年·上次{THIS_YEAR - 1}年·据此开启{THIS_YEAR}年周期"
            "新奖· 每年·新增第一个周期"
        ]
        or "应开奖" in page.each("award-due")[0]
    )
    assert set(staff.get(AWARDS, {"due": "yes"}).context["cl"].queryset) == {due, new}


def test_the_next_cycle_is_opened_from_the_last(staff):
    last = CycleFactory(
        year=THIS_YEAR - 1,
        opens_on=dt.date(THIS_YEAR - 1, 5, 1),
        closes_at=dt.datetime(THIS_YEAR - 1, 5, 31, 9, tzinfo=dt.UTC),
    )
    QuestionFactory(cycle=last)
    detail = reverse("admin:awards_awardcycle_open_after", args=[last.pk])
    assert staff.get(detail).url == f"{OPEN_NEXT}?award={last.award_id}"
    form = staff.get(f"{OPEN_NEXT}?award={last.award_id}").context["form"]
    assert form.initial == {"award": last.award_id, "year": THIS_YEAR}

    response = staff.post(OPEN_NEXT, {"award": last.award_id, "year": THIS_YEAR})

    cycle = AwardCycle.objects.get(year=THIS_YEAR)
    assert response.url == reverse("admin:awards_awardcycle_change", args=[cycle.pk])
    assert (cycle.questions.count(), cycle.opened_by) == (1, staff.user)


def test_a_year_that_has_its_cycle_is_refused_on_the_page(staff):
    last = CycleFactory(year=THIS_YEAR)

    response = staff.post(OPEN_NEXT, {"award": last.award_id, "year": THIS_YEAR})

    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == ["该奖项在这一年已有申报周期。"]
    assert AwardCycle.objects.count() == 1


# --- A cycle's form ---


def cycle_form(cycle, **rows) -> dict:
    """The cycle's form as the page would send it."""
    given = {
        "award": cycle.award_id,
        "name": cycle.name,
        "year": cycle.year,
        "round": 1,
        "opens_on": "2026-05-01",
        "closes_at_0": "2026-05-31",
        "closes_at_1": "23:59:59",
        "guidance": "须知",
        "is_announced": "on",
    }
    for prefix in ("questions", "requirements"):
        found = rows.get(prefix, [])
        kept = sum("id" in row for row in found)
        given |= {f"{prefix}-TOTAL_FORMS": len(found), f"{prefix}-INITIAL_FORMS": kept}
        for number, row in enumerate(found):
            given |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
            given[f"{prefix}-{number}-cycle"] = cycle.pk
    return given


def save(staff, cycle, **rows):
    address = reverse("admin:awards_awardcycle_change", args=[cycle.pk])
    return staff.post(address, cycle_form(cycle, **rows))


def test_rows_are_numbered_in_the_order_given(staff):
    cycle = CycleFactory()

    response = save(
        staff,
        cycle,
        questions=[
            {"label": "乙", "kind": "short", "position": "2"},
            {"label": "甲", "kind": "short", "position": "1"},
            {"label": "新", "kind": "long", "position": ""},
        ],
        requirements=[{"name": "推荐表", "is_required": "on", "position": "0"}],
    )

    assert response.status_code == 302
    rows = cycle.questions.values_list("label", "position", "is_required")
    assert list(rows) == [("甲", 1, False), ("乙", 2, False), ("新", 3, False)]
    assert list(cycle.requirements.values_list("name", "position")) == [("推荐表", 1)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_deadline_keeps_its_seconds(staff, language):
    cycle = CycleFactory()
    address = reverse("admin:awards_awardcycle_change", args=[cycle.pk])

    page = staff.get(address, headers={"accept-language": language}).content.decode()

    assert 'value="23:59:59"' in page
    save(staff, cycle)
    cycle.refresh_from_db()
    assert cycle.closes_at == DEADLINE


def test_a_choice_needs_choices(staff):
    cycle = CycleFactory()

    response = save(staff, cycle, questions=[{"label": "类别", "kind": "choice", "position": "1"}])

    assert response.status_code == 200
    assert cycle.questions.count() == 0


@pytest.mark.parametrize("change", [{"kind": "long"}, {"kind": "short", "DELETE": "on"}])
def test_a_question_that_is_being_answered_is_neither_changed_nor_removed(staff, change):
    question = QuestionFactory(label="专利号", kind=Kind.SHORT)
    draft(cycle=question.cycle)

    row = {"id": question.pk, "label": "专利号", "position": "1"} | change
    response = save(staff, question.cycle, questions=[row])

    assert response.status_code == 200
    question.refresh_from_db()
    assert question.kind == Kind.SHORT


def test_a_cycle_with_applications_keeps_its_award_and_is_not_deleted(staff):
    application = submitted()
    cycle, other = application.cycle, AwardFactory(code="other")

    staff.post(
        reverse("admin:awards_awardcycle_change", args=[cycle.pk]),
        cycle_form(cycle) | {"award": other.pk},
    )
    staff.post(reverse("admin:awards_awardcycle_delete", args=[cycle.pk]), {"post": "yes"})

    cycle.refresh_from_db()
    assert cycle.award_id != other.pk


def test_an_award_keeps_its_code(staff):
    award = AwardFactory(code="patent")

    staff.post(
        reverse("admin:awards_award_change", args=[award.pk]),
        {"name": "新名", "code": "changed", "benefit_item": award.benefit_item_id},
    )

    award.refresh_from_db()
    assert (award.name, award.code) == ("新名", "patent")


def test_an_irregular_award_is_never_due(staff):
    AwardFactory(benefit_item=ItemFactory(period=BenefitItem.Period.IRREGULAR))

    assert list(staff.get(AWARDS, {"due": "no"}).context["cl"].queryset.values_list("code")) == [
        ("patent",)
    ]


# --- An application ---


def test_the_page_shows_everything_notes_too(staff):
    cycle = CycleFactory()
    question = QuestionFactory(cycle=cycle, label="授权日", kind=Kind.DATE)
    requirement = RequirementFactory(cycle=cycle, name="推荐表")
    application = draft(cycle=cycle)
    by = application.created_by
    applying.save_draft(application=application, answers={question.pk: "2020-03-02"})
    applying.attach(
        application=application, requirement=requirement, upload=upload("表.pdf"), at=AT, by=by
    )
    applying.submit(application=application, at=AT, by=by)
    deciding.note(application=application, text="电话核实过", at=AT, by=staff.user)

    page = Page(staff.get(change_of(application)))

    assert page.each("award-answers") == ["授权日2020年3月2日"]
    assert page.each("is-internal")[0].endswith("电话核实过")
    assert "表.pdf" in page.words


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("submitted", {"通过形式审查", "退回补正", "不予受理", "写备注"}),
        ("accepted", {"推荐", "不予推荐", "写备注"}),
        ("declined", {"写备注"}),
    ],
)
def test_only_what_can_be_done_now_is_offered(staff, state, titles):
    application = submitted()
    if state == "accepted":
        deciding.accept(application=application, at=AT, by=staff.user)
    if state == "declined":
        deciding.decline(application=application, reason="不符合", at=AT, by=staff.user)

    actions = staff.get(change_of(application)).context["actions_detail"]

    assert {str(each["title"]) for each in actions} == titles


TODAY = str(timezone.localdate())
ROUND = [
    ("send_back", {"complete_by": TODAY, "comment": "补盖章页"}, State.RETURNED),
    ("decline", {"reason": "不符合"}, State.DECLINED),
    ("accept", {"comment": ""}, State.ACCEPTED),
]


@pytest.mark.parametrize(("name", "given", "state"), ROUND, ids=[name for name, *_ in ROUND])
def test_the_formal_check(staff, name, given, state):
    application = submitted()
    Letter.objects.all().delete()
    assert staff.get(act_of(name, application)).status_code == 200

    response = staff.post(act_of(name, application), given)

    assert (response.status_code, response.url) == (302, change_of(application))
    assert again(application).state == state
    assert application.steps.last().by == staff.user
    assert Letter.objects.count() == 1


def test_recommended_and_awarded(staff):
    application = submitted()
    deciding.accept(application=application, at=AT, by=staff.user)
    staff.post(act_of("recommend", application), {"to": "主办单位", "document": "1号", "on": TODAY})
    assert again(application).state == State.RECOMMENDED

    staff.post(act_of("outcome", application), {"is_awarded": "yes", "level": "金奖", "on": TODAY})

    found = again(application)
    assert (found.state, found.outcome) == (State.AWARDED, "金奖")


def test_not_recommended(staff):
    application = submitted()
    deciding.accept(application=application, at=AT, by=staff.user)

    staff.post(act_of("not_recommend", application), {"reason": "名额有限"})

    assert again(application).state == State.NOT_RECOMMENDED


def test_a_refusal_stands_at_its_field_and_nothing_is_lost(staff):
    application = submitted()

    response = staff.post(
        act_of("send_back", application), {"complete_by": "2020-01-01", "comment": "补盖章页"}
    )

    form = response.context["form"]
    assert (response.status_code, set(form.errors)) == (200, {"complete_by"})
    assert form["comment"].value() == "补盖章页"
    assert again(application).state == State.SUBMITTED


def test_what_the_state_forbids_leads_back_with_a_word(staff):
    application = submitted()

    response = staff.post(
        act_of("outcome", application),
        {"is_awarded": "yes", "level": "金奖", "on": TODAY},
        follow=True,
    )

    assert [str(message) for message in response.context["messages"]] == [
        "当前状态下不能进行此操作。"
    ]
    assert again(application).state == State.SUBMITTED


# --- Who may ---


@pytest.mark.parametrize(
    ("role", "code"), [("member_services", 200), ("editor", 403), ("read_only", 403)]
)
def test_only_member_services_decide(client, role, code):
    application = submitted()
    in_role(client, role)

    assert client.get(change_of(application)).status_code == 200
    assert client.get(act_of("accept", application)).status_code == code


def test_member_services_work_with_cycles_and_others_look(client):
    cycle = CycleFactory()
    address = reverse("admin:awards_awardcycle_change", args=[cycle.pk])
    in_role(client, "member_services")
    assert client.get(OPEN_NEXT).status_code == 200
    assert save(client, cycle).status_code == 302

    in_role(client, "editor")
    assert client.get(address).status_code == 200
    assert client.get(OPEN_NEXT).status_code == 403


def test_files_are_for_staff_who_may_see_the_application(client):
    application = draft()
    material = applying.attach(
        application=application,
        requirement=None,
        upload=upload(),
        at=AT,
        by=application.created_by,
    )
    address = reverse("admin:awards_awardapplication_file", args=[application.pk, material.pk])
    in_role(client, "editor")
    assert client.get(address).status_code == 404  # a draft is the unit's own business

    applying.submit(application=application, at=AT, by=application.created_by)
    response = client.get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 sample"
    assert response["Content-Disposition"].startswith("attachment;")
    foreign = reverse(
        "admin:awards_awardapplication_file",
        args=[submitted(cycle=application.cycle).pk, material.pk],
    )
    assert client.get(foreign).status_code == 404

    client.force_login(UserFactory(is_staff=True))
    assert client.get(address).status_code == 404
    client.force_login(person_of(application.unit))
    assert client.get(address).status_code == 302
