"""Changes to views and materialised views."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind

VIEW: Final = "seen WHERE kind = 'v'"
STORED: Final = "seen WHERE kind = 'm'"

KINDS: Final = (
    Kind("view dropped", "seen", "format('DROP %s %s CASCADE', word, ref)", "{}-missing"),
    Kind(
        "view renamed",
        "seen",
        "format('ALTER %s %s RENAME TO bench_new', word, ref)",
        "{}-missing {}-renamed",
    ),
    Kind(
        "view added",
        "mine WHERE managed",
        "format('CREATE VIEW %s.bench_new AS SELECT 1 AS one', ref)",
        "view-unexpected table-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "materialised view added",
        "mine WHERE managed",
        "format('CREATE MATERIALIZED VIEW %s.bench_new AS SELECT 1 AS one', ref)",
        "materialized-view-unexpected table-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    Kind(
        "view shows fewer rows",
        f"{VIEW} AND def !~ 'RECURSIVE' AND options::text !~ 'check_option'",
        "format('CREATE OR REPLACE VIEW %s%s AS SELECT * FROM (%s) AS old LIMIT 5', ref,"
        " ' WITH (' || array_to_string(options, ', ') || ')', def)",
        "{}-definition",
    ),
    Kind(
        "view with one more column",
        f"{VIEW} AND def !~ 'RECURSIVE'",
        "format('CREATE OR REPLACE VIEW %s AS SELECT *, 1 AS bench_new FROM (%s) AS old', ref,"
        " def)",
        "{}-definition column-unexpected",
    ),
    Kind(
        "view's column renamed",
        "seen",
        "format('ALTER %s %s RENAME COLUMN %I TO bench_new', word, ref, columns[1])",
        "{}-definition column-missing column-renamed",
    ),
    Kind(
        "view's column with a default",
        VIEW,
        "'ALTER VIEW ' || ref || ' ALTER ' || quote_ident((SELECT attname FROM pg_attribute"
        " WHERE attrelid = seen.oid AND atttypid IN (25, 1043) AND attnum > 0 AND NOT atthasdef"
        " ORDER BY attnum LIMIT 1)) || ' SET DEFAULT ''bench'''",
        "{}-definition column-default",
    ),
    Kind(
        "view's default dropped",
        "col WHERE kind = 'v' AND expression IS NOT NULL",
        "format('ALTER VIEW %s ALTER %s DROP DEFAULT', ref, quoted)",
        "view-definition column-default",
    ),
    Kind(
        "view: security barrier",
        VIEW,
        "format('ALTER VIEW %s SET (security_barrier = %s)', ref,"
        " CASE WHEN options::text ~ 'barrier=true' THEN 'false' ELSE 'true' END)",
        "{}-options",
    ),
    Kind(
        "view: security invoker",
        VIEW,
        "format('ALTER VIEW %s SET (security_invoker = %s)', ref,"
        " CASE WHEN options::text ~ 'invoker=true' THEN 'false' ELSE 'true' END)",
        "{}-options",
    ),
    Kind(
        "view: check option",
        f"{VIEW} AND options::text ~ 'check_option'",
        "format('ALTER VIEW %s SET (check_option = cascaded)', ref)",
        "{}-options",
    ),
    Kind(
        "view: check option dropped",
        f"{VIEW} AND options::text ~ 'check_option'",
        "format('ALTER VIEW %s RESET (check_option)', ref)",
        "{}-options",
    ),
    Kind(
        "view made a materialised one",
        f"{VIEW} AND NOT used",
        "format('DROP VIEW %s CASCADE; CREATE MATERIALIZED VIEW %s AS %s', ref, ref, def)",
        "view-kind table-kind view-missing materialized-view-unexpected",
    ),
    Kind(
        "view made a table",
        f"{VIEW} AND NOT used",
        "format('DROP VIEW %s CASCADE; CREATE TABLE %s AS %s', ref, ref, def)",
        "view-kind table-kind view-missing table-unexpected",
    ),
    Kind(
        "materialised view shows fewer rows",
        STORED,
        "format('DROP MATERIALIZED VIEW %s CASCADE; CREATE MATERIALIZED VIEW %s AS"
        " SELECT * FROM (%s) AS old LIMIT 5', ref, ref, def)",
        "{}-definition",
    ),
    Kind(
        "materialised view: storage parameter",
        STORED,
        "format('ALTER MATERIALIZED VIEW %s SET (fillfactor = 42)', ref)",
        "{}-options",
    ),
    Kind(
        "materialised view emptied, so that it cannot be read",
        f"{STORED} AND filled",
        "format('REFRESH MATERIALIZED VIEW %s WITH NO DATA', ref)",
        "{}-populated {}-not-populated {}-unpopulated",
    ),
    Kind(
        "materialised view in another tablespace",
        STORED,
        "format('ALTER MATERIALIZED VIEW %s SET TABLESPACE bench_space', ref)",
        "{}-tablespace table-tablespace",
    ),
)
