"""What is signed is what goes out: the database itself watches the contents of an issue.

Triggers, because a mistake in code or a statement typed by hand is to be caught as well. Each
change of contents locks the issue's row, so that a release at the same moment comes before or
after it, never between; it is refused once the issue has gone out, and it makes the sign-offs
that stand void, with what was changed and, where that is told (`members.record`), by whom.
A save that changes nothing, a page number and a new position in the same order touch nothing.
"""

import pgtrigger

REFUSE = """
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = '{name}', MESSAGE = '{message}';
"""
FROZEN = REFUSE.format(
    name="issue_content_frozen",
    message="The issue has gone out; its contents can no longer be changed.",
)

# The row of a changed issue is locked by its own update.
VOID = """
    UPDATE publications_reviewstep SET
        voided_at = clock_timestamp(),
        voided_by_id = (
            SELECT id FROM accounts_user WHERE id::text = NULLIF(
                current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user'
        ),
        void_change = change,
        void_title = left(coalesce(heading, ''), 200)
    WHERE issue_id IN (before_id, after_id) AND decision = 'approved' AND voided_at IS NULL;
"""
# Lock the issues that the row leaves and enters; always in the same order.
LOCK = """
    FOR touched IN
        SELECT state FROM publications_issue WHERE id IN (before_id, after_id)
        ORDER BY id FOR NO KEY UPDATE
    LOOP
        is_frozen := is_frozen OR touched.state = 'released';
    END LOOP;
"""
# A move past nobody: none of the others stands between the old place and the new one.
SAME_ORDER = """
    IF TG_OP = 'UPDATE' AND change = '{moved}' AND NOT EXISTS (
        SELECT FROM {table} WHERE {parent} = NEW.{parent} AND id <> NEW.id
        AND position BETWEEN least(OLD.position, NEW.position)
        AND greatest(OLD.position, NEW.position)
    ) THEN
        RETURN NEW;
    END IF;
"""
END = f"""
    IF is_frozen THEN {FROZEN} END IF;
    {VOID}
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
KNOWN = [
    ("before_id", "bigint"),
    ("after_id", "bigint"),
    ("is_frozen", "boolean := false"),
    ("touched", "record"),
    ("change", "text"),
    ("heading", "text"),
]

ARTICLE = f"""
    IF TG_OP = 'UPDATE' THEN
        change := CASE
            WHEN (OLD.title, OLD.source, OLD.body, OLD.is_highlight)
                IS DISTINCT FROM (NEW.title, NEW.source, NEW.body, NEW.is_highlight)
                THEN 'article_changed'
            WHEN OLD.section_id IS DISTINCT FROM NEW.section_id THEN 'article_placed'
            WHEN OLD.position <> NEW.position THEN 'article_moved'
        END;
        IF change IS NULL THEN RETURN NEW; END IF;
    ELSE
        change := CASE TG_OP WHEN 'INSERT' THEN 'article_added' ELSE 'article_removed' END;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        before_id := (SELECT issue_id FROM publications_section WHERE id = OLD.section_id);
        heading := OLD.title;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        after_id := (SELECT issue_id FROM publications_section WHERE id = NEW.section_id);
        heading := NEW.title;
    END IF;
    {LOCK}
    {SAME_ORDER.format(table="publications_article", parent="section_id", moved="article_moved")}
    {END}
"""
SECTION = f"""
    IF TG_OP = 'UPDATE' THEN
        change := CASE
            WHEN (OLD.title, OLD.issue_id) IS DISTINCT FROM (NEW.title, NEW.issue_id)
                THEN 'section_changed'
            WHEN OLD.position <> NEW.position THEN 'section_moved'
        END;
        IF change IS NULL THEN RETURN NEW; END IF;
    ELSE
        change := CASE TG_OP WHEN 'INSERT' THEN 'section_added' ELSE 'section_removed' END;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        before_id := OLD.issue_id;
        heading := OLD.title;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        after_id := NEW.issue_id;
        heading := NEW.title;
    END IF;
    {LOCK}
    {SAME_ORDER.format(table="publications_section", parent="issue_id", moved="section_moved")}
    {END}
"""
ISSUE = f"""
    before_id := OLD.id;
    is_frozen := OLD.state = 'released';
    change := 'issue_changed';
    {END}
"""
FACTS = (
    *("publication", "issued_on", "year", "number", "serial_number"),
    *("title", "masthead", "pdf", "editor"),
)
GATE = f"""
    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'released' THEN
        {REFUSE.format(name="issue_stays_released", message="An issue that has gone out stays so.")}
    END IF;
    IF NEW.state <> 'released' OR NEW.is_back_issue THEN RETURN NEW; END IF;
    IF NOT (
        SELECT count(*) = 3 AND count(DISTINCT stage) = 3 AND count(DISTINCT by_id) = 3
            AND count(DISTINCT version_id) = 1
        FROM publications_reviewstep
        WHERE issue_id = NEW.id AND decision = 'approved' AND voided_at IS NULL
    ) THEN
        {
    REFUSE.format(
        name="issue_released_after_three_reviews",
        message="An issue goes out after three reviews by three people.",
    )
}
    END IF;
    RETURN NEW;
"""


def changes_of(*fields: str) -> pgtrigger.Q:
    """The row's update changes one of the fields."""
    changed = pgtrigger.Q()
    for each in fields:
        changed |= pgtrigger.Q(**{f"old__{each}__df": pgtrigger.F(f"new__{each}")})
    return changed


def part(func: str) -> pgtrigger.Trigger:
    """A section's or an article's rows are contents of an issue."""
    return pgtrigger.Trigger(
        name="content_guarded",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=KNOWN,
        func=func,
    )


ARTICLE_TRIGGERS = [part(ARTICLE)]
SECTION_TRIGGERS = [part(SECTION)]
# Triggers fire in the order of their names: what voids comes before what asks for sign-offs.
ISSUE_TRIGGERS = [
    pgtrigger.Trigger(
        name="content_guarded",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=changes_of(*FACTS),
        declare=KNOWN,
        func=ISSUE,
    ),
    pgtrigger.Trigger(
        name="release_gated",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=GATE,
    ),
]
