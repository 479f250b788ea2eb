"""Edit, submit, sign, return, schedule and release, in any order and by anybody.

Whatever the path: what is released was signed as it stands by three different people, each in the
review of their role. The oracle keeps its own account and never asks the code under test.
"""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from accounts.roles import load_roles
from publications import arranging, release, review
from publications.content import content_of, digest_of
from publications.models import Article, Issue, ReviewComment, ReviewStep
from tests.factories import UserFactory
from tests.publications.factories import PublicationFactory, issue_with_article

pytestmark = [pytest.mark.django_db, pytest.mark.long]

AT = dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)
ROLES = {"first": "first_reviewer", "second": "second_reviewer", "final": "final_reviewer"}
stages = st.sampled_from(list(ROLES))
which = st.integers(0, 7)


class Editing(RuleBasedStateMachine):
    """One issue; an editor, two people in each role, and one who holds all three."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        load_roles()
        self.editor = self.holding("editor")
        self.people = [self.holding(role) for role in ROLES.values() for _turn in range(2)]
        self.people += [self.holding(*ROLES.values()), self.holding("editor", *ROLES.values())]
        self.issue = issue_with_article(publication=PublicationFactory(is_mailed=False))
        # By stage, who signed what is there now; and what was there when each round began.
        self.signed: dict[str, User] = {}
        self.is_open = False
        self.text = self.stored()

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)

    def holding(self, *roles) -> User:
        user = UserFactory(is_staff=True)
        user.groups.set(Group.objects.filter(name__in=roles))
        return user

    def stored(self) -> list:
        issue = Issue.objects.get(pk=self.issue.pk)
        articles = Article.objects.filter(section__issue=issue).order_by("position", "pk")
        rows = articles.values_list("pk", "title", "body", "is_highlight")
        return [issue.number, issue.title, *rows]

    def attempt(self, verb, **arguments) -> bool:
        try:
            with transaction.atomic():
                verb(**arguments)
        except (ValidationError, PermissionDenied, DatabaseError):
            return False
        return True

    def changed(self) -> None:
        """What stands now is other than what was signed."""
        if self.stored() != self.text:
            self.signed.clear()
            self.text = self.stored()

    def may_sign(self, stage: str, person: User) -> bool:
        turn = next((each for each in ROLES if each not in self.signed), None)
        return (
            self.is_open
            and stage == turn
            and person.groups.filter(name=ROLES[stage]).exists()
            and person not in self.signed.values()
        )

    @rule(by=which)
    def submit(self, by):
        if self.attempt(review.submit, issue=self.issue, by=self.editor, at=AT, note="看过"):
            assert not self.is_open
            self.is_open = True
            self.signed.clear()

    @rule(stage=stages, by=which)
    def sign(self, stage, by):
        person = self.people[by]
        done = self.attempt(
            review.approve,
            issue=self.issue,
            stage=stage,
            digest=digest_of(content_of(self.issue)),
            by=person,
            at=AT,
        )
        if done:
            assert self.may_sign(stage, person)
            self.signed[stage] = person

    @rule()
    def sign_what_is_next(self):
        """Whoever may: the way to a release is walked often enough to be tried."""
        turn = next((each for each in ROLES if each not in self.signed), None)
        for by, person in enumerate(self.people):
            if turn and self.may_sign(turn, person):
                before = len(self.signed)
                self.sign(turn, by)
                assert len(self.signed) == before + 1 or self.is_released()
                return

    @rule(stage=stages, by=which)
    def send_back(self, stage, by):
        done = self.attempt(
            review.send_back,
            issue=self.issue,
            stage=stage,
            by=self.people[by],
            at=AT,
            comment="重写",
        )
        if done:
            self.is_open = False
            self.signed.clear()

    @rule(body=st.sampled_from(["甲。", "乙。", "丙。"]))
    def write(self, body):
        self.attempt(Article.objects.filter(section__issue=self.issue).update, body=body)
        self.changed()

    @rule(is_highlight=st.booleans())
    def highlight(self, is_highlight):
        article = Article.objects.filter(section__issue=self.issue).first()
        self.attempt(arranging.highlight, article=article, is_highlight=is_highlight)
        self.changed()

    @rule(number=st.integers(1, 3))
    def renumber(self, number):
        self.attempt(Issue.objects.filter(pk=self.issue.pk).update, number=number)
        self.changed()

    @rule()
    def settle_remarks(self):
        for remark in ReviewComment.objects.filter(issue=self.issue):
            self.attempt(review.settle, comment=remark, reply="好", by=self.editor, at=AT)

    @rule()
    def schedule(self):
        until = AT + dt.timedelta(days=900)
        self.attempt(release.schedule, issue=self.issue, release_at=until, by=self.editor)

    @rule()
    def unschedule(self):
        self.attempt(release.unschedule, issue=self.issue, by=self.editor)

    @rule(is_typed=st.booleans())
    def release(self, is_typed):
        was = self.is_released()
        if is_typed:
            rows = Issue.objects.filter(pk=self.issue.pk)
            done = self.attempt(rows.update, state="released", released_at=AT)
        else:
            done = self.attempt(release.release, issue=self.issue, at=AT, by=self.editor)
        if done and not was:
            assert list(self.signed) == list(ROLES)
        if len(self.signed) == len(ROLES) and not was:
            assert done

    def is_released(self) -> bool:
        return Issue.objects.get(pk=self.issue.pk).state == Issue.State.RELEASED

    @invariant()
    def the_account_is_the_record(self):
        rows = ReviewStep.objects.filter(issue=self.issue, decision="approved", voided_at=None)
        assert {step.stage: step.by for step in rows.select_related("by")} == self.signed

    @invariant()
    def what_is_out_was_signed_as_it_stands_by_three(self):
        if self.is_released():
            assert len({person.pk for person in self.signed.values()}) == len(ROLES)
            now = digest_of(content_of(self.issue))
            rows = ReviewStep.objects.filter(issue=self.issue, voided_at=None)
            assert {step.version.digest for step in rows.filter(decision="approved")} == {now}


def test_no_path_leads_to_a_release_without_three_signers_of_what_is_there():
    run_state_machine_as_test(
        Editing,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
