"""Changes to constraints."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

RAW: Final = "format('ALTER TABLE %s DROP CONSTRAINT %s"
AGAIN: Final = f"{RAW}, ADD CONSTRAINT %s "
FREE: Final = "con WHERE own AND NOT referenced"
CHANGED: Final = "{}-changed {}-definition"
COLUMNS: Final = (
    "(SELECT string_agg(format('%I', attname), ', ' ORDER BY array_position(keys, attnum) DESC)"
    " FROM pg_attribute WHERE attrelid = relid AND attnum = ANY (keys))"
)
# A column that a new constraint can use.
FIRST: Final = (
    "(SELECT format('%I', attname) FROM pg_attribute AS a WHERE attrelid = oid AND attnum > 0"
    " AND NOT attisdropped AND attgenerated <> 'v' AND atttypid IN (20, 23, 25, 1043, 701)"
    " ORDER BY attnum LIMIT 1)"
)
NEW: Final = "names || 'bench_new'::text"

EXISTENCE: Final = (
    *(
        Kind(
            f"{what} dropped",
            f"con WHERE own AND type = '{type_}'",
            f"{RAW} CASCADE', ref, quoted)",
            "{}-missing",
        )
        for what, type_ in (
            ("primary key", "p"),
            ("unique constraint", "u"),
            ("foreign key", "f"),
            ("check", "c"),
            ("exclusion constraint", "x"),
        )
    ),
    *(
        Kind(
            f"{what} renamed",
            f"con WHERE own AND type = '{type_}'",
            "format('ALTER TABLE %s RENAME CONSTRAINT %s TO bench_new', ref, quoted)",
            "{}-missing {}-renamed",
        )
        for what, type_ in (
            ("primary key", "p"),
            ("unique constraint", "u"),
            ("foreign key", "f"),
            ("check", "c"),
            ("exclusion constraint", "x"),
        )
    ),
    Kind(
        "check added",
        "tab WHERE NOT partition",
        "format('ALTER TABLE %s ADD CONSTRAINT bench_new CHECK (true)', ref)",
        "check-unexpected",
        names=NEW,
    ),
    Kind(
        "check added to a partition",
        "tab WHERE partition",
        "format('ALTER TABLE %s ADD CONSTRAINT bench_new CHECK (true)', ref)",
        "check-unexpected",
        names=NEW,
    ),
    Kind(
        "unique constraint added",
        f"tab WHERE kind = 'r' AND {FIRST} IS NOT NULL",
        f"format('ALTER TABLE %s ADD CONSTRAINT bench_new UNIQUE (%s)', ref, {FIRST})",
        "unique-unexpected",
        names=NEW,
    ),
    Kind(
        "primary key added",
        "tab WHERE kind = 'r' AND NOT child AND NOT EXISTS"
        f" (SELECT FROM con WHERE relid = tab.oid AND type = 'p') AND {FIRST} IS NOT NULL",
        f"format('ALTER TABLE %s ADD CONSTRAINT bench_new PRIMARY KEY (%s)', ref, {FIRST})",
        "primary-key-unexpected",
        names=NEW,
    ),
    Kind(
        "foreign key added",
        "con WHERE type = 'p' AND cardinality(keys) = 1 AND kind = 'r'",
        "format('ALTER TABLE %s ADD CONSTRAINT bench_new FOREIGN KEY (%s) REFERENCES %s', ref,"
        f" {COLUMNS}, ref)",
        "foreign-key-unexpected",
        names="ARRAY[schema, tab, 'bench_new']",
    ),
    Kind(
        "exclusion constraint added",
        "col WHERE own AND kind = 'r' AND base = 'int4' AND num = 1",
        "format('ALTER TABLE %s ADD CONSTRAINT bench_new EXCLUDE (%s WITH =)', ref, quoted)",
        "exclusion-unexpected",
        names="ARRAY[schema, tab, 'bench_new']",
    ),
)

KEYS: Final = (
    Kind(
        "primary key made deferrable",
        f"{FREE} AND type = 'p' AND NOT delayed",
        f"{AGAIN}%s DEFERRABLE', ref, quoted, quoted, base)",
        f"{CHANGED} {{}}-deferrable",
    ),
    Kind(
        "primary key made a unique constraint",
        f"{FREE} AND type = 'p'",
        f"{AGAIN}%s', ref, quoted, quoted, replace(base, 'PRIMARY KEY', 'UNIQUE'))",
        "{}-missing {}-changed",
    ),
    Kind(
        "primary key made an index",
        f"{FREE} AND type = 'p' AND kind = 'r'",
        f"{RAW}; CREATE UNIQUE INDEX %s ON %s %s', ref, quoted, quoted, ref,"
        " substr(base, strpos(base, '(')))",
        "{}-missing unique-index-constraint unique-index-unexpected",
    ),
    Kind(
        "primary key with its columns in another order",
        f"{FREE} AND type = 'p' AND cardinality(keys) > 1 AND kind = 'r'",
        f"{AGAIN}PRIMARY KEY (%s)', ref, quoted, quoted, {COLUMNS})",
        CHANGED,
    ),
    Kind(
        "unique constraint with its columns in another order",
        f"{FREE} AND type = 'u' AND cardinality(keys) > 1 AND base !~ '(INCLUDE|WITHOUT)'",
        f"{AGAIN}UNIQUE (%s)', ref, quoted, quoted, {COLUMNS})",
        CHANGED,
    ),
    Kind(
        "unique constraint made deferrable",
        f"{FREE} AND type = 'u' AND NOT delayed",
        f"{AGAIN}%s DEFERRABLE INITIALLY DEFERRED', ref, quoted, quoted, base)",
        f"{CHANGED} {{}}-deferrable",
    ),
    Kind(
        "unique constraint made not deferrable",
        f"{FREE} AND type = 'u' AND delayed",
        f"{AGAIN}%s', ref, quoted, quoted, base)",
        f"{CHANGED} {{}}-deferrable",
    ),
    Kind(
        "unique constraint: nulls not distinct",
        f"{FREE} AND type = 'u' AND base !~ '(NULLS NOT DISTINCT|WITHOUT)'",
        f"{AGAIN}%s', ref, quoted, quoted, replace(base, 'UNIQUE', 'UNIQUE NULLS NOT DISTINCT'))",
        CHANGED,
    ),
    Kind(
        "unique constraint: nulls distinct",
        f"{FREE} AND type = 'u' AND base ~ 'NULLS NOT DISTINCT'",
        f"{AGAIN}%s', ref, quoted, quoted, replace(base, 'NULLS NOT DISTINCT ', ''))",
        CHANGED,
    ),
    Kind(
        "unique constraint: INCLUDE dropped",
        f"{FREE} AND type = 'u' AND base ~ 'INCLUDE'",
        f"{AGAIN}%s', ref, quoted, quoted, regexp_replace(base, ' INCLUDE .*', ''))",
        CHANGED,
    ),
    Kind(
        "unique constraint: one more column",
        f"{FREE} AND type = 'u' AND base ~ '^UNIQUE \\([^,]*\\)$' AND base !~ 'WITHOUT'",
        f"{AGAIN}%s', ref, quoted, quoted, regexp_replace(base, '\\)$', format(', %I)',"
        " (SELECT attname"
        " FROM pg_attribute WHERE attrelid = relid AND attnum > 0 AND NOT attnum = ANY (keys)"
        " ORDER BY attnum LIMIT 1))))",
        CHANGED,
    ),
    Kind(
        "unique constraint: storage parameters",
        "con WHERE type IN ('u', 'p') AND kind = 'r' AND base !~ 'WITHOUT'",
        "format('ALTER INDEX %s.%s SET (fillfactor = 55)', schema_ref, quoted)",
        "{}-changed {}-definition {}-options index-options unique-index-options index-changed"
        " unique-index-changed",
    ),
    Kind(
        "unique constraint made an index",
        f"{FREE} AND type = 'u' AND NOT delayed AND base !~ 'WITHOUT'",
        f"{RAW}; CREATE UNIQUE INDEX %s ON %s %s', ref, quoted, quoted, ref,"
        " substr(base, strpos(base, '(')))",
        "{}-missing unique-index-constraint unique-index-unexpected",
    ),
    Kind(
        "WITHOUT OVERLAPS dropped",
        "con WHERE own AND type = 'u' AND base ~ 'WITHOUT'",
        f"{RAW} CASCADE, ADD CONSTRAINT %s UNIQUE %s', ref, quoted, quoted,"
        " replace(substr(base, strpos(base, '(')), ' WITHOUT OVERLAPS', ''))",
        CHANGED,
        since=18,
    ),
    Kind(
        "exclusion constraint with another operator",
        f"{FREE} AND type = 'x'",
        f"{AGAIN}%s', ref, quoted, quoted, replace(base, 'WITH &&', 'WITH ~='))",
        CHANGED,
    ),
    Kind(
        "exclusion constraint with a condition",
        f"{FREE} AND type = 'x'",
        f"{AGAIN}%s WHERE (id > 5)', ref, quoted, quoted, base)",
        CHANGED,
    ),
    Kind(
        "exclusion constraint made deferrable",
        f"{FREE} AND type = 'x'",
        f"{AGAIN}%s DEFERRABLE', ref, quoted, quoted, base)",
        f"{CHANGED} {{}}-deferrable",
    ),
)

COMMENTS: Final = (
    Kind(
        "constraint comment set",
        "con WHERE comment IS NULL",
        "format('COMMENT ON CONSTRAINT %s ON %s IS %L', quoted, ref, 'it''s new')",
        "{}-comment",
    ),
    Kind(
        "constraint comment removed",
        "con WHERE comment IS NOT NULL",
        "format('COMMENT ON CONSTRAINT %s ON %s IS NULL', quoted, ref)",
        "{}-comment",
    ),
)

KINDS: Final = (*EXISTENCE, *KEYS, *COMMENTS)
