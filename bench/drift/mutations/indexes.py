"""Changes to indexes that belong to no constraint: what they are made of."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

FREE: Final = "idx WHERE own AND NOT constrained AND NOT identity AND code <> 'table'"
AGAIN: Final = "format('DROP INDEX %s; %s', ref, "
CHANGED: Final = "{}-changed {}-definition"
TEXT: Final = "last_type IN ('text', 'varchar')"

EXISTENCE: Final = (
    Kind("index dropped", FREE, "format('DROP INDEX %s', ref)", "{}-missing"),
    Kind(
        "index renamed",
        FREE,
        "format('ALTER INDEX %s RENAME TO bench_new', ref)",
        "{}-missing {}-renamed",
    ),
    Kind(
        "index added",
        "col WHERE num = 1 AND kind IN ('r', 'm') AND base IN ('int4', 'int8', 'text', 'varchar')",
        "format('CREATE INDEX bench_new ON %s (%s)', ref, quoted)",
        "index-unexpected",
        names="ARRAY[schema, 'bench_new']",
    ),
    Kind(
        "unique index added",
        "col WHERE num = 1 AND kind = 'r' AND base IN ('int4', 'int8', 'text', 'varchar')",
        "format('CREATE UNIQUE INDEX bench_new ON %s (%s)', ref, quoted)",
        "unique-index-unexpected",
        names="ARRAY[schema, 'bench_new']",
    ),
    Kind(
        "invalid copy left behind",
        f"{FREE} AND NOT partitioned",
        "format('%s; UPDATE pg_index SET indisvalid = false, indisready = false"
        " WHERE indexrelid = %L::regclass', replace(def, quoted || ' ON', 'bench_ccnew ON'),"
        " format('%I.bench_ccnew', schema))",
        "{}-unexpected {}-invalid",
        names="ARRAY[schema, 'bench_ccnew']",
    ),
)

DEFINITIONS: Final = (
    Kind(
        "index made unique",
        f"{FREE} AND NOT uniq AND method = 'btree' AND NOT partitioned",
        AGAIN + "replace(def, 'CREATE INDEX', 'CREATE UNIQUE INDEX'))",
        "index-changed index-missing index-unique unique-index-unexpected",
    ),
    Kind(
        "index made not unique",
        f"{FREE} AND uniq",
        AGAIN + "replace(replace(def, 'UNIQUE ', ''), ' NULLS NOT DISTINCT', ''))",
        "unique-index-changed unique-index-missing index-unexpected unique-index-unique",
    ),
    Kind(
        "index: nulls not distinct",
        f"{FREE} AND uniq AND def !~ 'NULLS NOT DISTINCT' AND NOT partial",
        AGAIN + "def || ' NULLS NOT DISTINCT')",
        CHANGED,
    ),
    Kind(
        "index: nulls distinct",
        f"{FREE} AND uniq AND def ~ 'NULLS NOT DISTINCT'",
        AGAIN + "replace(def, ' NULLS NOT DISTINCT', ''))",
        CHANGED,
    ),
    Kind(
        "index: descending",
        f"{FREE} AND simple",
        AGAIN + "regexp_replace(def, '\\)$', ' DESC)'))",
        CHANGED,
    ),
    Kind(
        "index: ascending",
        f"{FREE} AND def ~ ' DESC( NULLS LAST)?\\)'",
        AGAIN + "regexp_replace(def, ' DESC( NULLS LAST)?\\)', ')'))",
        CHANGED,
    ),
    Kind(
        "index: nulls first",
        f"{FREE} AND simple",
        AGAIN + "regexp_replace(def, '\\)$', ' NULLS FIRST)'))",
        CHANGED,
    ),
    Kind(
        "index: one more column",
        f"{FREE} AND simple",
        AGAIN + "regexp_replace(def, '\\((.*)\\)$', '(\\1, \\1)'))",
        CHANGED,
    ),
    Kind(
        "index: columns in another order",
        f"{FREE} AND simple AND def ~ '\\([^,()]+, [^,()]+\\)$'",
        AGAIN + "regexp_replace(def, '\\(([^,()]+), ([^,()]+)\\)$', '(\\2, \\1)'))",
        CHANGED,
    ),
    Kind(
        "index: another method",
        f"{FREE} AND (simple AND NOT uniq AND indnatts = 1 OR method = 'hash')",
        AGAIN + "CASE method WHEN 'hash' THEN replace(def, 'USING hash', 'USING btree')"
        " ELSE replace(def, 'USING btree', 'USING hash') END)",
        CHANGED,
    ),
    Kind(
        "index: another operator class",
        f"{FREE} AND simple AND {TEXT}",
        AGAIN + "regexp_replace(def, '\\)$', ' text_pattern_ops)'))",
        CHANGED,
    ),
    Kind(
        "index: a type's own operator class",
        f"{FREE} AND def ~ '_ops'",
        AGAIN + "regexp_replace(def, ' \\w+_ops', ''))",
        CHANGED,
    ),
    Kind(
        "index: another collation",
        f"{FREE} AND simple AND {TEXT}",
        AGAIN + "regexp_replace(def, '\\)$', ' COLLATE \"POSIX\")'))",
        CHANGED,
    ),
    Kind(
        "index: an expression instead of a column",
        f"{FREE} AND simple AND indnatts = 1 AND {TEXT}",
        AGAIN + "regexp_replace(def, '\\((.*)\\)$', '(upper(\\1::text))'))",
        CHANGED,
    ),
    Kind(
        "index: another expression",
        f"{FREE} AND computed",
        AGAIN + "CASE WHEN def ~ 'lower\\(' THEN replace(def, 'lower(', 'upper(')"
        " ELSE replace(def, 'upper(', 'lower(') END)",
        CHANGED,
    ),
    Kind(
        "index: predicate added",
        f"{FREE} AND NOT partial AND NOT partitioned AND kind = 'r'",
        AGAIN + "format('%s WHERE %I IS NOT NULL', def, (SELECT attname FROM pg_attribute"
        " WHERE attrelid = relid AND attnum = 1)))",
        CHANGED,
    ),
    Kind(
        "index: predicate dropped",
        f"{FREE} AND partial",
        AGAIN + "regexp_replace(def, ' WHERE .*$', ''))",
        CHANGED,
    ),
    Kind(
        "index: predicate changed",
        f"{FREE} AND partial",
        AGAIN + "regexp_replace(def, ' WHERE (.*)$', ' WHERE NOT (\\1)'))",
        CHANGED,
    ),
    Kind(
        "index: INCLUDE added",
        f"{FREE} AND method = 'btree' AND NOT partial AND indnatts = indnkeyatts AND def ~ '\\)$'"
        " AND def !~ 'WITH \\(' AND NOT computed",
        AGAIN + "format('%s INCLUDE (%I)', def, (SELECT attname FROM pg_attribute"
        " WHERE attrelid = relid AND attnum = 1)))",
        CHANGED,
    ),
    Kind(
        "index: INCLUDE dropped",
        f"{FREE} AND indnatts > indnkeyatts",
        AGAIN + "regexp_replace(def, ' INCLUDE \\([^)]*\\)', ''))",
        CHANGED,
    ),
)

KINDS: Final = (*EXISTENCE, *DEFINITIONS)
