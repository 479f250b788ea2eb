"""The invented members show every tier, committee and case of the standing rule."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from awards.models import AwardApplication
from demo.management.commands.load_demo import PASSWORD, STAFF, UNITS, Command
from events.models import Attendee
from members.models import CommitteeSeat, DuesPayment, MemberUnit, SpecialCommittee, StatementLine
from members.standing import Basis, with_standing
from news.models import NewsSubmission
from publications.models import Distribution, Issue, Parcel
from services.models import ServiceRequest, Study


@pytest.fixture
def charter(db):
    for command in ("load_roles", "load_charter", "load_catalogue"):
        call_command(command, verbosity=0)


@pytest.fixture
def demo(charter):
    call_command("load_demo")


def test_every_tier_committee_and_case_is_there_and_everybody_listed_can_sign_in(demo, client):
    on = timezone.localdate()
    judged = with_standing(MemberUnit.objects.all(), on)
    this_half = Basis.THIS_YEAR_UNPAID if on.month > 6 else Basis.LAST_YEAR_UNPAID

    assert MemberUnit.objects.count() == 300 + 1  # one is entered twice
    assert set(judged.values_list("appointments__tier__code", flat=True)) - {None} == {
        "vice_president",
        "executive_council",
        "council",
        "ordinary",
    }
    assert {Basis.THIS_YEAR_PAID, this_half, Basis.NOT_A_MEMBER} <= set(
        judged.values_list("standing_basis", flat=True)
    )
    assert (
        CommitteeSeat.objects.values("committee").distinct().count()
        == SpecialCommittee.objects.count()
        == 4
    )
    assert DuesPayment.objects.filter(kind=DuesPayment.Kind.REFUND).exists()
    assert DuesPayment.objects.filter(confirmed_at=None).exists()
    for email in [*STAFF, *(email for email, *_rest in UNITS)]:
        assert client.login(email=email, password=PASSWORD), email


def test_a_second_time_changes_nothing(demo, capsys):
    before = (MemberUnit.objects.count(), User.objects.count(), Issue.objects.count())

    call_command("load_demo")

    assert (MemberUnit.objects.count(), User.objects.count(), Issue.objects.count()) == before
    assert capsys.readouterr().out.endswith("There are member units already: nothing loaded.\n")


@pytest.mark.parametrize(
    "on", [dt.date(2027, 1, 1), dt.date(2028, 2, 29), dt.date(2026, 6, 30), dt.date(2026, 12, 31)]
)
def test_on_any_day_of_the_year_there_is_something_of_everything(charter, on):
    Command().load(on)

    lines = StatementLine.objects.values_list("state", flat=True)
    assert set(lines) == {"proposed", "doubtful", "nothing_found"}
    released, drafts = Issue.objects.released(), Issue.objects.filter(state=Issue.State.DRAFT)
    # The bulletin twice, the blue book, a report. The bulletin of a Friday waits as a draft.
    assert (released.filter(is_back_issue=False).count(), drafts.count()) == (4, 1)
    assert released.filter(is_back_issue=True).count() == 24 + 30
    for distribution in Distribution.objects.all():
        tally = distribution.deliveries.tally()
        assert tally["pending"] == 0
        assert tally["sent"] + tally["failed"] + tally["left_out"] == tally["promised"] > 200
    assert Parcel.objects.to_post().count() > 100
    assert set(Attendee.objects.values_list("state", flat=True)) == {"live", "waiting"}
    assert Attendee.objects.filter(checked_in_at__isnull=False).count() == 14
    assert sorted(AwardApplication.objects.values_list("state", flat=True)) == [
        "draft",
        "recommended",
        "returned",
        "submitted",
    ]
    assert sorted(ServiceRequest.objects.values_list("state", flat=True)) == [
        "closed",
        "closed",
        "submitted",
        "submitted",
        "waiting_for_unit",
    ]
    assert (NewsSubmission.objects.count(), Study.objects.exclude(published_at=None).count()) == (
        1,
        1,
    )


def test_without_the_charter_it_says_what_to_do_first(db):
    with pytest.raises(CommandError, match="Run load_charter and load_catalogue first"):
        call_command("load_demo")
