"""Changes to sequences."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind

PLAIN: Final = "seq WHERE owned IS DISTINCT FROM 'i'"
# What a row needs beside its key, where nothing else stands in its way.
OTHERS: Final = (
    "(SELECT coalesce(string_agg(format(', %I', attname), '' ORDER BY attnum), '') FROM needed)"
)
VALUES: Final = (
    "(SELECT coalesce(string_agg(', ' || CASE typcategory WHEN 'S' THEN '''x''' WHEN 'N' THEN '1'"
    " WHEN 'D' THEN 'now()' WHEN 'B' THEN 'true' ELSE '''{}''' END, '' ORDER BY attnum), '')"
    " FROM needed)"
)
NEEDED: Final = (
    "WITH needed AS (SELECT a.attname, a.attnum, t.typcategory FROM pg_attribute AS a JOIN"
    " pg_type AS t"
    " ON t.oid = a.atttypid WHERE a.attrelid = tab_oid AND a.attnum > 0 AND a.attnotnull"
    " AND NOT a.atthasdef AND a.attidentity = '' AND NOT a.attisdropped AND a.attnum <> num)"
)
ROW_FITS: Final = (
    "NOT EXISTS (SELECT FROM con JOIN pg_attribute AS a ON a.attrelid = con.relid"
    " AND a.attnum = ANY (con.keys) WHERE con.relid = tab_oid AND con.type = 'c' AND a.attnotnull"
    " AND NOT a.atthasdef AND a.attnum <> num) AND NOT EXISTS (SELECT FROM pg_partitioned_table"
    " WHERE partrelid = tab_oid)"
)
WITH_ROW: Final = (
    f"({NEEDED} SELECT format('SET LOCAL session_replication_role = replica; INSERT INTO %s (%s%s)"
    f" OVERRIDING SYSTEM VALUE VALUES (500%s); ', tab_ref, col_quoted, {OTHERS}, {VALUES}))"
)

OPTIONS: Final = (
    Kind(
        "sequence type",
        f"{PLAIN} AND type <> 'smallint' AND maximum > 100000",
        "format('ALTER SEQUENCE %s AS smallint', ref)",
        "sequence-type",
    ),
    Kind(
        "sequence increment",
        "seq",
        "format('ALTER SEQUENCE %s INCREMENT %s', ref, increment + 1)",
        "sequence-increment",
    ),
    Kind(
        "sequence start",
        "seq",
        "format('ALTER SEQUENCE %s START %s', ref, start + 3)",
        "sequence-start",
    ),
    Kind(
        "sequence minimum",
        "seq",
        "format('ALTER SEQUENCE %s MINVALUE %s', ref, minimum - 7)",
        "sequence-minimum",
    ),
    Kind(
        "sequence maximum",
        "seq",
        "format('ALTER SEQUENCE %s MAXVALUE %s', ref, maximum - 7)",
        "sequence-maximum",
    ),
    Kind(
        "sequence cycle",
        "seq",
        "format('ALTER SEQUENCE %s %s', ref, CASE WHEN cycle THEN 'NO CYCLE' ELSE 'CYCLE' END)",
        "sequence-cycle",
    ),
    Kind(
        "sequence cache",
        "seq",
        "format('ALTER SEQUENCE %s CACHE %s', ref, cache + 20)",
        "sequence-cache",
    ),
    Kind(
        "sequence no longer owned",
        "seq WHERE owned = 'a'",
        "format('ALTER SEQUENCE %s OWNED BY NONE', ref)",
        "sequence-owner sequence-owned-by sequence-column",
    ),
    Kind(
        "sequence owned by a column",
        "seq WHERE owned IS NULL",
        "format('ALTER SEQUENCE %s OWNED BY %s', ref, (SELECT format('%s.%s', col.ref, col.quoted)"
        " FROM col JOIN relation AS r ON r.oid = col.relid WHERE col.schema = seq.schema"
        " AND col.kind = 'r' AND r.owner = seq.owner AND num = 1 ORDER BY col.ref LIMIT 1))",
        "sequence-owner sequence-owned-by sequence-column",
    ),
    Kind(
        "sequence unlogged",
        PLAIN,
        "format('ALTER SEQUENCE %s SET UNLOGGED', ref)",
        "sequence-persistence",
    ),
    Kind(
        "sequence granted to another role",
        "seq",
        "format('GRANT UPDATE ON SEQUENCE %s TO bench_stranger', ref)",
        "sequence-privileges",
    ),
    Kind(
        "sequence granted to PUBLIC",
        "seq WHERE acl IS NULL",
        "format('GRANT USAGE ON SEQUENCE %s TO PUBLIC', ref)",
        "sequence-privileges",
    ),
    Kind(
        "sequence's owner",
        "seq WHERE owned IS NULL",
        "format('ALTER SEQUENCE %s OWNER TO bench_stranger', ref)",
        "sequence-owner sequence-role",
    ),
)

KINDS: Final = (
    Kind(
        "sequence dropped",
        PLAIN,
        "format('DROP SEQUENCE %s CASCADE', ref)",
        "sequence-missing",
    ),
    Kind(
        "sequence renamed",
        "seq",
        "format('ALTER SEQUENCE %s RENAME TO bench_new', ref)",
        "sequence-missing sequence-renamed",
    ),
    Kind(
        "sequence added",
        "mine WHERE managed",
        "format('CREATE SEQUENCE %s.bench_new', ref)",
        "sequence-unexpected",
        names="names || 'bench_new'::text",
        lost=UNMODELLED,
    ),
    *OPTIONS,
    Kind(
        "sequence behind its column",
        f"seq WHERE owned IS NOT NULL AND {ROW_FITS}",
        WITH_ROW,
        "sequence-behind",
    ),
    Kind(
        "sequence set back behind its column",
        f"seq WHERE owned IS NOT NULL AND {ROW_FITS}",
        "format('%s SELECT setval(%L, minimum + 1) FROM (SELECT %s AS minimum) AS s',"
        f" {WITH_ROW}, ref, minimum)",
        "sequence-behind",
    ),
    Kind(
        "sequence of a column exhausted",
        "seq WHERE owned IS NOT NULL AND NOT cycle",
        "format('SELECT setval(%L, %s)', ref, maximum)",
        "sequence-behind sequence-exhausted",
    ),
    Kind(
        "sequence exhausted",
        "seq WHERE owned IS NULL AND NOT cycle",
        "format('SELECT setval(%L, %s)', ref, maximum)",
        "sequence-exhausted",
        lost="where a sequence that no column uses stood is nowhere to be read",
    ),
)
