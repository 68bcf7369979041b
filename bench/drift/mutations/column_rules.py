"""Changes to columns: null, default, identity, generated."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

PLAIN: Final = "col WHERE own AND generated = '' AND identity = ''"
ALTER: Final = "format('ALTER TABLE %s ALTER %s "
CONSTANT: Final = (
    "CASE base WHEN 'text' THEN '''bench''' WHEN 'varchar' THEN '''b''' WHEN 'int4' THEN '42'"
    " WHEN 'int8' THEN '42' WHEN 'float8' THEN '4.2' WHEN 'numeric' THEN '4.2'"
    " WHEN 'bool' THEN CASE expression WHEN 'true' THEN 'false' ELSE 'true' END"
    " WHEN 'timestamptz' THEN 'clock_timestamp()' WHEN 'jsonb' THEN '''[]''' WHEN 'date'"
    " THEN 'CURRENT_DATE + 1' END"
)

NULLS: Final = (
    Kind(
        "column made not null",
        "col WHERE own AND NOT required AND generated <> 'v'",
        ALTER + "SET NOT NULL', ref, quoted)",
        "column-nullability",
    ),
    Kind(
        "column made nullable",
        f"{PLAIN} AND required AND NOT identified"
        " AND NOT EXISTS (SELECT FROM con WHERE relid = col.relid AND type = 'p' AND num = ANY"
        " (keys))",
        ALTER + "DROP NOT NULL', ref, quoted)",
        "column-nullability",
    ),
    Kind(
        "column not null, not validated",
        f"{PLAIN} AND required AND NOT identified"
        " AND NOT EXISTS (SELECT FROM con WHERE relid = col.relid AND type = 'p' AND num = ANY"
        " (keys))",
        "format('ALTER TABLE %s ALTER %s DROP NOT NULL, ADD CONSTRAINT %s NOT NULL %s NOT VALID',"
        " ref, quoted, (SELECT format('%I', conname) FROM pg_constraint AS k WHERE k.conrelid"
        " = relid"
        " AND contype = 'n' AND conkey = ARRAY[num]), quoted)",
        "column-nullability column-not-null-not-validated column-not-validated"
        " not-null-not-validated",
        since=18,
    ),
    Kind(
        "column not null, not inherited",
        f"{PLAIN} AND required AND kind = 'r' AND NOT partition AND NOT EXISTS"
        " (SELECT FROM pg_inherits WHERE inhparent = relid)"
        " AND NOT EXISTS (SELECT FROM con WHERE relid = col.relid AND type = 'p' AND num = ANY"
        " (keys))",
        "format('ALTER TABLE %s ALTER CONSTRAINT %s NO INHERIT', ref, (SELECT format('%I', conname)"
        " FROM pg_constraint AS k WHERE k.conrelid = relid AND contype = 'n' AND conkey ="
        " ARRAY[num]))",
        "column-nullability column-not-null column-not-null-no-inherit not-null-changed",
        since=18,
    ),
    Kind(
        "partition's column made not null",
        "col WHERE partition AND kind = 'r' AND NOT required",
        ALTER + "SET NOT NULL', ref, quoted)",
        "column-nullability",
    ),
)

DEFAULTS: Final = (
    Kind(
        "column default dropped",
        f"{PLAIN} AND expression IS NOT NULL",
        ALTER + "DROP DEFAULT', ref, quoted)",
        "column-default",
    ),
    Kind(
        "column default added",
        f"{PLAIN} AND expression IS NULL",
        ALTER + f"SET DEFAULT %s', ref, quoted, {CONSTANT})",
        "column-default",
    ),
    Kind(
        "column default changed",
        f"{PLAIN} AND expression IS NOT NULL",
        ALTER + f"SET DEFAULT %s', ref, quoted, {CONSTANT})",
        "column-default",
    ),
    Kind(
        "column default frozen at now",
        f"{PLAIN} AND base = 'timestamptz' AND expression IS NOT NULL",
        ALTER + "SET DEFAULT ''now()''', ref, quoted)",
        "column-default",
    ),
    Kind(
        "column default of another sequence",
        f"{PLAIN} AND expression LIKE 'nextval(%'",
        "format('CREATE SEQUENCE public.bench_other; ALTER TABLE %s ALTER %s"
        " SET DEFAULT nextval(''public.bench_other'')', ref, quoted)",
        "column-default",
    ),
    Kind(
        "partition's default dropped or changed",
        "col WHERE partition AND base IN ('text', 'numeric') AND kind = 'r' AND NOT keyed",
        ALTER + "SET DEFAULT 9', ref, quoted)",
        "column-default",
    ),
    Kind(
        "heir's default changed",
        "col WHERE NOT own AND NOT partition AND kind = 'r' AND base = 'bool'",
        ALTER + "DROP DEFAULT', ref, quoted)",
        "column-default",
    ),
)

IDENTITY: Final = (
    Kind(
        "identity made the other kind",
        "col WHERE own AND identity <> ''",
        "format('ALTER TABLE %s ALTER %s SET GENERATED %s', ref, quoted,"
        " CASE identity WHEN 'a' THEN 'BY DEFAULT' ELSE 'ALWAYS' END)",
        "column-identity",
    ),
    Kind(
        "identity dropped",
        "col WHERE own AND identity <> ''",
        ALTER + "DROP IDENTITY', ref, quoted)",
        "column-identity",
    ),
    Kind(
        "identity made serial",
        "col WHERE own AND identity <> '' AND NOT partition",
        "format('ALTER TABLE %s ALTER %s DROP IDENTITY; CREATE SEQUENCE %s.bench_serial OWNED BY"
        " %s.%s; ALTER TABLE %s ALTER %s SET DEFAULT nextval(''%s.bench_serial'')', ref, quoted,"
        " format('%I', schema), ref, quoted, ref, quoted, replace(format('%I', schema), '''',"
        " ''''''))",
        "column-identity column-default",
    ),
    Kind(
        "serial made identity",
        f"{PLAIN} AND expression LIKE 'nextval(%' AND required AND kind = 'r'"
        " AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = relid)",
        ALTER + "DROP DEFAULT, ALTER %s ADD GENERATED ALWAYS AS IDENTITY', ref, quoted, quoted)",
        "column-identity column-default",
    ),
    Kind(
        "identity added",
        f"{PLAIN} AND required AND expression IS NULL AND base IN ('int4', 'int8') AND kind = 'r'"
        " AND NOT partition",
        ALTER + "ADD GENERATED BY DEFAULT AS IDENTITY', ref, quoted)",
        "column-identity",
    ),
)

GENERATED: Final = (
    Kind(
        "generated column made a plain one",
        "col WHERE own AND generated = 's'",
        ALTER + "DROP EXPRESSION', ref, quoted)",
        "column-generated column-default",
    ),
    Kind(
        "generation expression changed",
        "col WHERE own AND generated <> '' AND NOT pinned",
        "format('ALTER TABLE %s DROP COLUMN %s, ADD COLUMN %s %s GENERATED ALWAYS AS (''x'')"
        " %s', ref,"
        " quoted, quoted, type, CASE generated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)",
        "column-generated column-generated-expression",
    ),
    Kind(
        "generation expression changed in place",
        "col WHERE own AND generated = 's' AND NOT pinned",
        ALTER + "SET EXPRESSION AS (''x'')', ref, quoted)",
        "column-generated column-generated-expression",
        since=18,
    ),
    Kind(
        "stored column made virtual",
        "col WHERE own AND generated = 's' AND NOT pinned",
        "format('ALTER TABLE %s DROP COLUMN %s, ADD COLUMN %s %s GENERATED ALWAYS AS (%s) VIRTUAL',"
        " ref, quoted, quoted, type, expression)",
        "column-generated column-generated-kind",
        since=18,
    ),
    Kind(
        "plain column made a generated one",
        f"{PLAIN} AND NOT pinned AND bare AND base = 'text' AND NOT required",
        "format('ALTER TABLE %s DROP COLUMN %s, ADD COLUMN %s text GENERATED ALWAYS AS (''x'')"
        " STORED',"
        " ref, quoted, quoted)",
        "column-generated",
    ),
)

KINDS: Final = (*NULLS, *DEFAULTS, *IDENTITY, *GENERATED)
