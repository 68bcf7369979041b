"""Changes to columns: what they hold."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

OWN: Final = "col WHERE own AND NOT pinned AND generated = ''"
ANY: Final = "col WHERE own"
ALTER: Final = "format('ALTER TABLE %s ALTER %s "
DROP_MODIFIER: Final = "regexp_replace(type, '\\(.*\\)', '')"

EXISTENCE: Final = (
    Kind(
        "column dropped",
        OWN,
        "format('ALTER TABLE %s DROP COLUMN %s CASCADE', ref, quoted)",
        "column-missing",
    ),
    Kind(
        "column added",
        "tab WHERE NOT typed AND NOT partition",
        "format('ALTER TABLE %s ADD COLUMN bench_new text', ref)",
        "column-unexpected",
        names="names || 'bench_new'::text",
    ),
    Kind(
        "column added not null",
        "tab WHERE NOT typed AND NOT partition",
        "format('ALTER TABLE %s ADD COLUMN bench_new integer NOT NULL DEFAULT 0', ref)",
        "column-unexpected",
        names="names || 'bench_new'::text",
    ),
    Kind(
        "column renamed",
        ANY,
        "format('ALTER TABLE %s RENAME COLUMN %s TO bench_new', ref, quoted)",
        "column-missing column-renamed",
    ),
    Kind(
        "column dropped and made anew",
        "col WHERE own AND bare AND comment IS NULL AND acl IS NULL AND expression IS NULL AND"
        " NOT pinned AND NOT child"
        " AND identity = '' AND NOT required AND collated IN (0, 100) AND storage <> 'e'"
        " AND compression = '' AND target < 0",
        "format('ALTER TABLE %s DROP COLUMN %s, ADD COLUMN %s %s', ref, quoted, quoted, type)",
        "column-order",
        lost="what it held comes from a backup alone",
    ),
    Kind(
        "columns renamed crosswise",
        "(SELECT DISTINCT ON (one.relid) one.*, other.quoted AS other FROM col AS one JOIN col AS"
        " other ON other.relid = one.relid AND other.type = one.type AND other.num > one.num"
        " WHERE one.own AND other.own AND NOT one.child ORDER BY one.relid, one.num, other.num)"
        " AS pair",
        "format('ALTER TABLE %1$s RENAME %2$s TO bench_new; ALTER TABLE %1$s RENAME %3$s TO %2$s;"
        " ALTER TABLE %1$s RENAME bench_new TO %3$s', ref, quoted, other)",
        "column-order",
    ),
)

TYPES: Final = (
    Kind(
        "column type: longer varchar",
        f"{OWN} AND base = 'varchar' AND modifier > 0",
        ALTER + "TYPE varchar(%s)', ref, quoted, modifier + 6)",
        "column-type-modifier column-type",
    ),
    Kind(
        "column type: shorter varchar",
        f"{OWN} AND base = 'varchar' AND modifier > 14",
        ALTER + "TYPE varchar(%s)', ref, quoted, modifier - 14)",
        "column-type-modifier column-type",
    ),
    Kind(
        "column type: varchar without length",
        f"{OWN} AND base = 'varchar' AND modifier > 0",
        ALTER + "TYPE varchar', ref, quoted)",
        "column-type-modifier column-type",
    ),
    Kind(
        "column type: varchar to text",
        f"{OWN} AND base = 'varchar' AND collated = 100",
        ALTER + "TYPE text', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: text to varchar",
        f"{OWN} AND base = 'text' AND collated = 100",
        ALTER + "TYPE varchar(500)', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: text to char",
        f"{OWN} AND base = 'text' AND bare",
        ALTER + "TYPE char(9)', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: numeric precision and scale",
        f"{OWN} AND base = 'numeric'",
        ALTER + "TYPE numeric(20, 7)', ref, quoted)",
        "column-type-modifier column-type",
    ),
    Kind(
        "column type: numeric without precision",
        f"{OWN} AND base = 'numeric' AND modifier > 0",
        ALTER + "TYPE numeric', ref, quoted)",
        "column-type-modifier column-type",
    ),
    Kind(
        "column type: timestamp precision",
        f"{OWN} AND base = 'timestamptz'",
        ALTER + "TYPE timestamptz(0)', ref, quoted)",
        "column-type-modifier column-type",
    ),
    Kind(
        "column type: timestamptz to timestamp",
        f"{OWN} AND base = 'timestamptz' AND expression IS NULL",
        ALTER + "TYPE timestamp', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: integer to bigint",
        f"{OWN} AND base = 'int4' AND bare",
        ALTER + "TYPE bigint', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: bigint to integer",
        f"{OWN} AND base = 'int8'",
        ALTER + "TYPE integer', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: integer to smallint",
        f"{OWN} AND base = 'int4' AND bare AND identity = ''",
        ALTER + "TYPE smallint', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: double precision to real",
        f"{OWN} AND base = 'float8' AND bare",
        ALTER + "TYPE real', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: double precision to numeric",
        f"{OWN} AND base = 'float8'",
        ALTER + "TYPE numeric', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: jsonb to json",
        f"{OWN} AND base = 'jsonb' AND bare",
        ALTER + "TYPE json', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: jsonb to text",
        f"{OWN} AND base = 'jsonb' AND bare AND expression IS NULL",
        ALTER + "TYPE text', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: boolean to text",
        f"{OWN} AND base = 'bool' AND NOT keyed AND expression IS NULL",
        ALTER + "TYPE text', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: to an array",
        f"{OWN} AND base = 'text' AND bare AND expression IS NULL",
        ALTER + "TYPE text[] USING ARRAY[%s]', ref, quoted, quoted)",
        "column-type",
    ),
    Kind(
        "column type: array to its element",
        f"{OWN} AND base = '_text' AND NOT keyed",
        "format('ALTER TABLE %s DROP COLUMN %s CASCADE, ADD COLUMN %s text', ref, quoted, quoted)",
        "column-type",
    ),
    Kind(
        "column type: enum to text",
        f"{OWN} AND typtype = 'e' AND NOT keyed",
        ALTER + "DROP DEFAULT, ALTER %s TYPE text', ref, quoted, quoted)",
        "column-type",
    ),
    Kind(
        "column type: domain to what it is made of",
        f"{OWN} AND typtype = 'd'",
        ALTER + "TYPE numeric', ref, quoted)",
        "column-type",
    ),
    Kind(
        "column type: composite to text",
        f"{OWN} AND typtype = 'c'",
        ALTER + "TYPE text USING %s::text', ref, quoted, quoted)",
        "column-type",
    ),
    Kind(
        "column collation",
        f"{OWN} AND base IN ('text', 'varchar')",
        ALTER + 'TYPE %s COLLATE "POSIX"\', ref, quoted, type)',
        "column-collation",
    ),
    Kind(
        "column collation: a type's own to C",
        f"{OWN} AND base IN ('text', 'varchar') AND collated = 100",
        ALTER + 'TYPE %s COLLATE "C"\', ref, quoted, type)',
        "column-collation",
    ),
)

KINDS: Final = (*EXISTENCE, *TYPES)
