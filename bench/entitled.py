"""Who is entitled to an item on a day, over 100,000 units; and one unit's answer.

The units have four tiers, four committees, newcomers, lapsed members, part payments, refunds,
waivers and exceptional grants. The machine's own limit is a statement written by hand for the
same question.
"""

import datetime as dt
from collections.abc import Iterator
from time import perf_counter

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench.measure import Figure, at_least, at_most, interleaved, seconds
from benefits.entitlement import entitled_units, entitlement
from benefits.models import BenefitItem
from members.models import DuesStandard, MemberUnit, Term, Tier

UNITS = 100_000
SAMPLE = 200
DAYS = {"March": dt.date(2026, 3, 13), "October": dt.date(2026, 10, 20)}
DUES = {"vice_president": 100_000, "executive_council": 50_000, "council": 20_000}
CODES = ("weekly-bulletin", "ccs-newsletter")

POPULATION = """
INSERT INTO members_memberunit
       (name, credit_code, kind, province, address, postcode, phone, website, note, created_at)
SELECT '单位' || n, lpad(n::text, 18, '0'), 'enterprise', '', '', '', '', '', '', now()
  FROM generate_series(1, %(units)s) AS n;

INSERT INTO members_membershipapplication
       (unit_id, name, credit_code, stage, filed_on, decision, decided_on, resolution,
        ended_on, ended_because, end_resolution)
SELECT id, '', '', 'council', joined, 'approved', joined, '',
       CASE WHEN id %% 23 = 0 THEN date '2026-02-28' END, '', ''
  FROM members_memberunit,
       LATERAL (SELECT CASE WHEN id %% 15 = 0 AND id %% 23 <> 0 THEN date '2026-02-01'
                            ELSE date '2019-05-01' END AS joined) AS j;

INSERT INTO members_tierappointment (unit_id, tier_id, term_id, starts_on, ends_on, resolution)
SELECT u.id, t.id, %(term)s, '2019-05-01', CASE WHEN u.id %% 19 = 0 THEN date '2025-12-31' END, ''
  FROM members_memberunit u JOIN members_tier t
       ON t.rank = CASE WHEN u.id %% 50 = 0 THEN 1 WHEN u.id %% 20 = 1 THEN 2
                        WHEN u.id %% 5 = 2 THEN 3 ELSE 4 END;

INSERT INTO members_tierappointment (unit_id, tier_id, term_id, starts_on, resolution)
SELECT unit_id, (SELECT id FROM members_tier WHERE rank = 3), %(term)s, '2026-01-01', ''
  FROM members_tierappointment WHERE unit_id %% 19 = 0;

INSERT INTO members_committeeseat (unit_id, committee_id, starts_on)
SELECT u.id, c.id, '2020-01-01'
  FROM members_memberunit u JOIN members_specialcommittee c ON u.id %% 40 = c.id %% 40;

INSERT INTO members_duespayment
       (unit_id, year, kind, amount, paid_on, reference, reason, confirmed_at, confirmed_by_id)
SELECT a.unit_id, y, 'payment', s.amount * CASE WHEN a.unit_id %% 37 = 0 THEN 0.5 ELSE 1 END,
       make_date(y, 3, 1), '', '', now(), %(person)s
  FROM members_tierappointment a
  JOIN members_duesstandard s ON s.tier_id = a.tier_id AND s.year = 2025
 CROSS JOIN generate_series(2024, 2026) AS y
 WHERE a.starts_on = '2019-05-01' AND (a.unit_id + y) %% 10 <> 0;

INSERT INTO members_duespayment
       (unit_id, year, kind, amount, paid_on, reference, reason, confirmed_at, confirmed_by_id)
SELECT unit_id, year, 'refund', amount, '2026-03-05', '', '', now(), %(person)s
  FROM members_duespayment WHERE unit_id %% 101 = 0;

INSERT INTO members_duesadjustment
       (unit_id, year, kind, amount, applies_from, reason, resolution, decided_at, decided_by_id)
SELECT a.unit_id, y, 'waiver', -s.amount / 2, make_date(y, 3, 15), '样本', '样本', now(), %(person)s
  FROM members_tierappointment a
  JOIN members_duesstandard s ON s.tier_id = a.tier_id AND s.year = 2025
 CROSS JOIN generate_series(2025, 2026) AS y
 WHERE a.starts_on = '2019-05-01' AND a.unit_id %% 74 = 0;

INSERT INTO benefits_exceptionalgrant
       (unit_id, item_id, gives, medium, reason, approved_by_id, starts_on, ends_on)
SELECT id, NULL, 'charter', '', '样本', %(person)s, '2026-01-01', '2026-12-31'
  FROM members_memberunit WHERE id %% 70 = 0;
"""

BY_HAND = """
WITH promise AS (
    SELECT tier_id, committee_id, quantity, extent, medium,
           CASE extent WHEN 'unlimited' THEN 1000000000 WHEN 'not_stated' THEN 0
                       ELSE quantity END AS weight
      FROM benefits_allowance
     WHERE item_id = %(item)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on >= %(on)s)
       AND quantity IS DISTINCT FROM 0
), member AS (
    SELECT unit_id, CASE WHEN %(on)s >= %(july)s OR decided_on >= %(january)s
                         THEN %(year)s ELSE %(year)s - 1 END AS year
      FROM members_membershipapplication
     WHERE decision = 'approved' AND decided_on <= %(on)s
       AND (ended_on IS NULL OR ended_on >= %(on)s)
), due AS (
    SELECT DISTINCT ON (a.unit_id, s.year) a.unit_id, s.year, s.amount
      FROM members_tierappointment a
      JOIN members_duesstandard s ON s.tier_id = a.tier_id AND s.year IN (%(year)s - 1, %(year)s)
     WHERE a.starts_on <= make_date(s.year, 12, 31)
       AND (a.ends_on IS NULL OR a.ends_on >= make_date(s.year, 1, 1))
     ORDER BY a.unit_id, s.year, a.starts_on
), adjusted AS (
    SELECT unit_id, year, sum(amount) AS amount
      FROM members_duesadjustment
     WHERE year IN (%(year)s - 1, %(year)s) AND applies_from <= %(on)s
     GROUP BY unit_id, year
), paid AS (
    SELECT unit_id, year, sum(CASE kind WHEN 'refund' THEN -amount ELSE amount END) AS amount
      FROM members_duespayment
     WHERE year IN (%(year)s - 1, %(year)s) AND confirmed_at IS NOT NULL AND paid_on <= %(on)s
     GROUP BY unit_id, year
), seat AS (
    SELECT DISTINCT ON (s.unit_id) s.unit_id, p.*
      FROM members_committeeseat s JOIN promise p ON p.committee_id = s.committee_id
     WHERE s.starts_on <= %(on)s AND (s.ends_on IS NULL OR s.ends_on >= %(on)s)
     ORDER BY s.unit_id, p.weight DESC
), tier AS (
    SELECT DISTINCT ON (tier_id) * FROM promise WHERE tier_id IS NOT NULL
     ORDER BY tier_id, weight DESC
), given AS (
    SELECT unit_id, bool_or(gives = 'charter') AS lifts,
           max(CASE gives WHEN 'unlimited' THEN 1000000000 WHEN 'quantity' THEN quantity END)
           AS weight, max(quantity) AS quantity
      FROM benefits_exceptionalgrant
     WHERE (item_id = %(item)s OR item_id IS NULL) AND starts_on <= %(on)s AND ends_on >= %(on)s
     GROUP BY unit_id
), asked AS (
    SELECT m.unit_id,
           coalesce(coalesce(paid.amount, 0) >= due.amount + coalesce(adjusted.amount, 0), false)
           OR coalesce(g.lifts, false) AS may,
           greatest(tier.weight, seat.weight) AS weight,
           CASE WHEN seat.weight > coalesce(tier.weight, -1) THEN seat.quantity
                ELSE tier.quantity END AS quantity,
           g.weight AS given_weight, g.quantity AS given_quantity
      FROM member m
      LEFT JOIN due ON due.unit_id = m.unit_id AND due.year = m.year
      LEFT JOIN adjusted ON adjusted.unit_id = m.unit_id AND adjusted.year = m.year
      LEFT JOIN paid ON paid.unit_id = m.unit_id AND paid.year = m.year
      LEFT JOIN members_tierappointment a ON a.unit_id = m.unit_id AND a.starts_on <= %(on)s
           AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
      LEFT JOIN tier ON tier.tier_id = a.tier_id
      LEFT JOIN seat ON seat.unit_id = m.unit_id
      LEFT JOIN given g ON g.unit_id = m.unit_id
)
SELECT unit_id,
       CASE WHEN may AND weight >= coalesce(given_weight, -1) THEN quantity
            ELSE coalesce(given_quantity, quantity) END
  FROM asked
 WHERE (may AND weight IS NOT NULL) OR given_weight IS NOT NULL
"""


def figures() -> Iterator[Figure]:
    populate()
    items = BenefitItem.objects.in_bulk(field_name="code")
    for code in CODES:
        for month, on in DAYS.items():
            yield in_set(items[code], on, f"{code}, {month}")
    yield against_single(items[CODES[0]], DAYS["March"])
    yield queries_of_one(items[CODES[0]], DAYS["March"])
    yield queries_of_set(items[CODES[0]], DAYS["March"])


def populate(units: int = UNITS) -> None:
    """The association's charter and invented units."""
    call_command("load_charter", verbosity=0)
    Term.objects.create(name="第五届", starts_on=dt.date(2015, 1, 1))
    DuesStandard.objects.bulk_create(
        DuesStandard(tier=tier, year=year, amount=DUES.get(tier.code, 5_000))
        for tier in Tier.objects.all()
        for year in (2024, 2025, 2026)
    )
    values = {
        "units": units,
        "term": Term.objects.get().pk,
        "person": User.objects.create(email="finance@example.org").pk,
    }
    with connection.cursor() as cursor:
        for statement in POPULATION.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")


def ask(item: BenefitItem, on: dt.date) -> list[tuple]:
    return list(entitled_units(item, on).order_by().values_list("pk", "allowed_quantity"))


def ask_by_hand(item: BenefitItem, on: dt.date) -> list[tuple]:
    values = {
        "item": item.pk,
        "on": on,
        "year": on.year,
        "january": dt.date(on.year, 1, 1),
        "july": dt.date(on.year, 7, 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, values)
        return cursor.fetchall()


def in_set(item: BenefitItem, on: dt.date, name: str) -> Figure:
    """The set form beside the statement by hand; both must name the same units and numbers."""
    found, by_hand = ask(item, on), ask_by_hand(item, on)
    if sorted(found) != sorted(by_hand):
        raise AssertionError(f"{name}: {len(found)} units here, {len(by_hand)} by hand")
    ours, limit = interleaved(
        lambda: seconds(lambda: ask(item, on)),
        lambda: seconds(lambda: ask_by_hand(item, on)),
        rounds=7,
    )
    told = f"{ours * 1000:.0f} ms, {len(found)} units"
    return at_most(f"entitled: {name}", told, f"{limit * 1000:.0f} ms by hand", ours / limit, 2)


def against_single(item: BenefitItem, on: dt.date) -> Figure:
    """The set form beside asking each unit, extrapolated from a sample."""
    units = list(MemberUnit.objects.order_by("pk")[:: UNITS // SAMPLE])

    def one_by_one() -> float:
        started = perf_counter()
        for unit in units:
            entitlement(unit, item, on)
        return (perf_counter() - started) / len(units) * UNITS

    ours, single = interleaved(lambda: seconds(lambda: ask(item, on)), one_by_one, rounds=3)
    told = f"{ours * 1000:.0f} ms"
    return at_least("entitled: set, unit by unit", told, f"{single:.0f} s each", single / ours, 50)


def queries_of_one(item: BenefitItem, on: dt.date) -> Figure:
    unit = MemberUnit.objects.get(name="单位7")
    with CaptureQueriesContext(connection) as captured:
        entitlement(unit, item, on)
    took = seconds(lambda: entitlement(unit, item, on))
    count = len(captured)
    return at_most("entitled: one unit's queries", f"{count}, {took * 1000:.0f} ms", "–", count, 5)


def queries_of_set(item: BenefitItem, on: dt.date) -> Figure:
    with CaptureQueriesContext(connection) as captured:
        ask(item, on)
    return at_most("entitled: the set's queries", f"{len(captured)}", "–", len(captured), 1)
