"""Invented member units in any number, made by the database itself."""

import datetime as dt

from django.db import connection

from accounts.models import User
from benefits.models import Allowance, BenefitGroup, BenefitItem, Extent, Medium
from members.models import DuesStandard, Term, Tier
from publications.models import Article, Issue, Publication, Section

ISSUED_ON = dt.date(2026, 3, 13)

# Every tenth unit has not paid, every twentieth has nobody to write to.
UNITS = """
INSERT INTO members_memberunit
       (name, credit_code, kind, province, address, postcode, phone, website, note, created_at)
SELECT '单位' || n, lpad(n::text, 18, '0'), 'enterprise', '', '', '', '', '', '', now()
  FROM generate_series(%(first)s, %(last)s) AS n;

INSERT INTO members_membershipapplication
       (unit_id, name, credit_code, stage, filed_on, decision, decided_on, resolution,
        ended_because, end_resolution)
SELECT id, '', '', 'council', '2019-05-01', 'approved', '2019-05-01', '', '', ''
  FROM members_memberunit
 WHERE credit_code >= %(code)s;

INSERT INTO members_tierappointment (unit_id, tier_id, term_id, starts_on, resolution)
SELECT id, %(tier)s, %(term)s, '2019-05-01', '' FROM members_memberunit
 WHERE credit_code >= %(code)s;

INSERT INTO members_contact
       (unit_id, name, roles, deputy_roles, title, email, mobile, address, is_active,
        failed_address, failure, asked_about)
SELECT id, '联系人', '{bulletin}', '{}', '', 'reader' || id || '@unit' || id %% 500 || '.example',
       '', '', true, '', '', ''
  FROM members_memberunit
 WHERE credit_code >= %(code)s AND (id %% 20 <> 0 OR %(everyone)s);

INSERT INTO members_duespayment
       (unit_id, year, kind, amount, paid_on, reference, reason, confirmed_at, confirmed_by_id)
SELECT id, 2025, 'payment', 5000, '2025-03-01', '', '', now(), %(person)s FROM members_memberunit
 WHERE credit_code >= %(code)s AND (id %% 10 <> 0 OR %(everyone)s);
"""


def promised_bulletin() -> Publication:
    """A bulletin that the charter promises to ordinary units."""
    tier = Tier.objects.create(code="ordinary", rank=4, name="会员单位")
    Term.objects.create(name="第五届", starts_on=dt.date(2015, 1, 1))
    for year in (2025, 2026):
        DuesStandard.objects.create(tier=tier, year=year, amount=5000)
    group = BenefitGroup.objects.create(code="information", name="行业信息服务", position=1)
    item = BenefitItem.objects.create(
        group=group, code="bulletin", name="《样本周报》", position=1, period="weekly", clause="1"
    )
    Allowance.objects.create(
        item=item,
        tier=tier,
        medium=Medium.ELECTRONIC,
        extent=Extent.UNLIMITED,
        clause="1",
        starts_on=dt.date(2020, 1, 1),
    )
    return Publication.objects.create(
        code="bulletin", name="《样本周报》", benefit_item=item, is_mailed=True
    )


def add_units(first: int, last: int, *, everyone: bool = False) -> None:
    """Units numbered from ``first`` to ``last``; ``everyone``: all are paid up and reachable."""
    values = {
        "first": first,
        "last": last,
        "code": f"{first:018}",
        "tier": Tier.objects.get().pk,
        "term": Term.objects.get().pk,
        "person": User.objects.get_or_create(email="finance@example.org")[0].pk,
        "everyone": everyone,
    }
    with connection.cursor() as cursor:
        for statement in UNITS.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)
        cursor.execute("ANALYZE")


def new_issue(publication: Publication, *, articles: int = 14) -> Issue:
    """An issue whose e-mail has about 20 kB."""
    number = Issue.objects.count() + 1
    issue = Issue.objects.create(
        publication=publication, issued_on=ISSUED_ON, year=2026, number=number
    )
    section = Section.objects.create(issue=issue, position=1, title="样本栏目")
    Article.objects.bulk_create(
        Article(
            section=section,
            position=position,
            title=f"第{position}篇样本文章的标题，长短与真实的标题相近",
            source="样本日报",
            body="正文。",
            is_highlight=position < 6,
        )
        for position in range(articles)
    )
    return issue
