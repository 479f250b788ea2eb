"""What lies on the membership desk: applications, notices, receipts, a batch for the assembly."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from stdnum.cn import uscc

from accounts.models import User
from demo.awards import PDF, moment
from demo.bank import load_bank
from demo.units import credit_code
from members import applying, certificates, handover, notices, receipts, reviewing
from members.models import (
    ApplicationFile,
    AppointmentBatch,
    BankAccount,
    Contact,
    DuesPayment,
    LiaisonHandover,
    MembershipApplication,
    MemberUnit,
    ReceiptBook,
    SpecialCommittee,
    Term,
    Tier,
    TierChange,
)

APPLICANTS = [
    "海棠岭矿业有限公司（示例）",
    "鹿鸣谷地质勘查院（示例）",
    "枫桥绿色建材有限公司（示例）",
]
RECEIPTS = 40
CERTIFICATES = 12
PROMOTED = 6


def load_desk(
    *, on: dt.date, members: User, finance: User, shown: dict[str, tuple[MemberUnit, User]]
) -> None:
    """Fill the desk around the day ``on``; needs the units with their dues."""
    load_notices(on, finance)
    load_receipts(on, finance)
    load_bank(on=on, finance=finance)
    load_duplicate(on, shown["lapsed"][0])
    load_applications(on, members)
    load_batch(on)
    own = [unit.pk for unit, _user in shown.values()]
    good = MemberUnit.objects.in_good_standing(on).order_by("pk").values("pk")[:CERTIFICATES]
    certificates.issue(
        units=MemberUnit.objects.filter(Q(pk__in=own) | Q(pk__in=good)),
        on=on,
        by=members,
        at=moment(on),
        why="示例数据",
    )
    load_handover(on, *shown["council"])


def load_notices(on: dt.date, finance: User) -> None:
    """The account, and a notice for each unit that still owes this year's dues."""
    BankAccount.objects.create(
        holder="示例矿业联合会", bank="示例银行北京分行营业部", number="0200001234567890128"
    )
    members = MemberUnit.objects.members(on)
    unpaid = members.exclude(payments__year=on.year, payments__confirmed_at__isnull=False)
    for unit in unpaid.order_by("pk"):
        notices.raise_notice(
            unit=unit,
            year=on.year,
            on=on,
            due_on=on + notices.TIME_TO_PAY,
            by=finance,
            at=moment(on),
            why=f"{on.year}年度会费",
        )


def load_duplicate(on: dt.date, unit: MemberUnit) -> None:
    """The unit was entered a second time, under its head office's code."""
    twice = MemberUnit.objects.create(
        name=f"{unit.name}（总部）",
        kind=unit.kind,
        province=unit.province,
        credit_code=credit_code(9_000),
    )
    Contact.objects.create(
        unit=twice,
        name="报名人",
        email=unit.contacts.earliest("pk").email,
        roles=[Contact.Role.EVENTS],
    )


def load_receipts(on: dt.date, finance: User) -> None:
    """A book with receipts, one of them void and issued again, and a spoilt form."""
    book = ReceiptBook.objects.create(code="0101061226", first_number=2601, last_number=3000)
    paid = receipts.waiting(DuesPayment.objects.filter(year=on.year))[:RECEIPTS]
    issued = receipts.issue_many(
        payments=paid,
        book=book,
        first=book.first_number,
        on=on,
        by=finance,
        at=moment(on),
        why="示例数据",
    )
    receipts.reissue(
        receipt=issued[3],
        book=book,
        number=None,
        on=on,
        by=finance,
        at=moment(on),
        reason="抬头有误，收回重开",
    )
    receipts.spoil(
        book=book,
        number=receipts.next_number(book) + 2,
        on=on,
        by=finance,
        at=moment(on),
        reason="打印时卡纸",
    )


def load_applications(on: dt.date, members: User) -> None:
    """One just received, one before the council, one returned to the applicant."""
    _received, council, returned = (
        application(name, number, on - dt.timedelta(days=10 * number))
        for number, name in enumerate(APPLICANTS, 1)
    )
    stage = MembershipApplication.Stage
    for review in (stage.PRELIMINARY, stage.REVIEW):
        reviewing.pass_on(
            application=council, stage=review, note="材料齐全", by=members, at=moment(on)
        )
    reviewing.send_back(
        application=returned, note="请补盖公章，并更新联系人手机号。", by=members, at=moment(on)
    )


def application(name: str, number: int, on: dt.date) -> MembershipApplication:
    """A complete application that came in public on the day ``on``."""
    body = f"91510000{number:09d}"
    liaison = {"name": "申请人", "email": f"applicant{number}@demo.example", "roles": ["liaison"]}
    begun = applying.begin(
        name=name,
        credit_code=body + uscc.calc_check_digit(body),
        liaison=liaison["name"],
        email=liaison["email"],
        at=moment(on),
    )
    applying.fill_in(
        application=begun,
        values={
            "kind": MemberUnit.Kind.ENTERPRISE,
            "province": "四川",
            "address": "示例市示例路8号",
            "postcode": "610000",
            "phone": "028 0000 0000",
            "introduction": "主营铜、锂矿产的勘查与开采。",
            "tier": Tier.objects.get(code="ordinary"),
        },
        committees=SpecialCommittee.objects.all()[:1],
        contacts=[liaison | {"mobile": "13800000000", "title": "办公室主任"}],
    )
    for purpose in ApplicationFile.Purpose:
        file = SimpleUploadedFile(f"{purpose.label}.pdf", PDF)
        applying.attach(application=begun, purpose=purpose, file=file, at=moment(on))
    return applying.send(application=begun, at=moment(on))


def load_batch(on: dt.date) -> None:
    """A draft for the coming assembly: some council units become executive council units."""
    council = MemberUnit.objects.in_good_standing(on).filter(
        appointments__tier__code="council", appointments__ends_on__isnull=True
    )
    day = dt.date(on.year + 1, 4, 20)
    batch = AppointmentBatch.objects.create(
        name=f"{day.year}年会员代表大会",
        term=Term.objects.latest("starts_on"),
        effective_on=day,
        resolution=f"{day.year}年会员代表大会决议（草案）",
        policy=AppointmentBatch.Policy.DIFFERENCE,
        due_on=day + notices.TIME_TO_PAY,
    )
    higher = Tier.objects.get(code="executive_council")
    TierChange.objects.bulk_create(
        TierChange(batch=batch, unit=unit, tier=higher)
        for unit in council.order_by("pk").distinct()[:PROMOTED]
    )


def load_handover(on: dt.date, unit: MemberUnit, user: User) -> None:
    """A liaison's work is to be handed over; staff have yet to approve it."""
    handover.ask(
        unit=unit,
        outgoing=unit.contacts.with_role(Contact.Role.LIAISON).first(),
        afterwards=LiaisonHandover.Outgoing.STAYS,
        last_day=on,
        name="接任人",
        email="successor@demo.example",
        by=user,
        at=moment(on),
    )
