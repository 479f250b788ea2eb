"""What others see of a sheet in hand, with real transactions."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from members import importing
from members.models import MemberUnit, SheetImport
from members.sheet_work import progress
from tests.factories import UserFactory, credit_code
from tests.members.sheets import AT, UNITS, checked, worked, xlsx

pytestmark = pytest.mark.django_db(transaction=True)
ROW = ["新矿业", credit_code(1), None, None, None]


def elsewhere(work):
    """Done by somebody else, on a connection of their own."""

    def closing():
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as others:
        return others.submit(closing).result()


def test_progress_is_seen_while_the_transaction_is_open():
    sheet = checked("units", UNITS, ROW)

    with transaction.atomic(), progress(sheet) as tell:
        MemberUnit.objects.create(name="未提交", credit_code=credit_code(2))
        tell(done=1234)
        seen = elsewhere(lambda: (SheetImport.objects.get().done, MemberUnit.objects.count()))

    assert seen == (1234, 0)


def test_a_sheet_in_hand_is_left_alone_and_taken_up_once_its_worker_is_gone():
    sheet = importing.take(
        subject="units", upload=xlsx(UNITS, ROW), language="en", by=UserFactory(), at=AT
    )

    with importing.alone(sheet.pk):
        elsewhere(lambda: importing.work(sheet.pk))
        untouched = SheetImport.objects.get()
    elsewhere(lambda: importing.work(sheet.pk))

    assert (untouched.state, untouched.tries) == ("checking", 0)
    assert importing.due() == []
    assert SheetImport.objects.get().new == 1


def test_a_worker_killed_while_saving_leaves_nothing_and_the_next_one_saves():
    sheet = checked("units", UNITS, ROW)
    importing.save(sheet=sheet, by=sheet.uploaded_by, at=AT)

    def killed():
        """As the server sees it: the connection is gone in the midst of the transaction."""
        with importing.alone(sheet.pk), transaction.atomic():
            MemberUnit.objects.create(name="新矿业", credit_code=ROW[1])
            connection.connection.close()

    with pytest.raises(Exception, match="connection"):
        elsewhere(killed)

    assert (MemberUnit.objects.count(), importing.due()) == (0, [sheet.pk])
    assert worked(sheet).state == "saved"
    assert MemberUnit.objects.get().name == "新矿业"
