"""Changes to enum, composite and range types, and collations; what all types share."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import ENUM_VALUE, UNMODELLED, Kind

ATTRIBUTE: Final = (
    "(SELECT format('%I', attname) FROM pg_attribute WHERE attrelid = relid AND atttypid = 1043"
    " AND NOT attisdropped LIMIT 1)"
)
ATTRIBUTES: Final = "{}-definition column-type column-missing column-unexpected {}-changed"
COLLATION: Final = (
    "(SELECT mine.schema, collname, format('%I.%I', mine.schema, collname) AS ref,"
    " ARRAY[mine.schema, collname]::text[] AS names, 'collation' AS code, EXISTS (SELECT FROM"
    " pg_attribute WHERE attcollation = c.oid) AS used FROM pg_collation AS c"
    " JOIN mine ON mine.oid = collnamespace) AS coll"
)

ALL: Final = (
    Kind(
        "type dropped",
        "typ",
        "format('DROP %s %s CASCADE', word, ref)",
        "{}-missing",
    ),
    Kind(
        "type renamed",
        "typ",
        "format('ALTER %s %s RENAME TO bench_new', word, ref)",
        "{}-missing {}-renamed",
    ),
    Kind(
        "type owner",
        "typ",
        "format('ALTER %s %s OWNER TO bench_stranger', word, ref)",
        "{}-owner",
    ),
    Kind(
        "type granted to another role",
        "typ",
        "format('GRANT USAGE ON TYPE %s TO bench_stranger', ref)",
        "{}-privileges",
    ),
    Kind(
        "type revoked from PUBLIC",
        "typ WHERE acl IS NULL",
        "format('REVOKE USAGE ON TYPE %s FROM PUBLIC', ref)",
        "{}-privileges",
    ),
    Kind(
        "type comment set",
        "typ WHERE comment IS NULL",
        "format('COMMENT ON %s %s IS ''it''''s new''', word, ref)",
        "{}-comment",
    ),
    Kind(
        "type comment removed",
        "typ WHERE comment IS NOT NULL",
        "format('COMMENT ON %s %s IS NULL', word, ref)",
        "{}-comment",
    ),
    *(
        Kind(
            f"{what} added",
            "mine WHERE managed",
            f"format('CREATE {definition}', ref)",
            f"{code}-unexpected",
            names="names || 'bench_new'::text",
            lost=UNMODELLED,
        )
        for what, code, definition in (
            ("enum", "enum", "TYPE %s.bench_new AS ENUM (''a'')"),
            ("composite type", "composite-type", "TYPE %s.bench_new AS (a integer)"),
            ("domain", "domain", "DOMAIN %s.bench_new AS integer"),
            ("range type", "range-type", "TYPE %s.bench_new AS RANGE (subtype = float8)"),
            ("collation", "collation", 'COLLATION %s.bench_new FROM "C"'),
        )
    ),
)

ENUMS: Final = (
    Kind(
        "enum value added at the end",
        "typ WHERE kind = 'e'",
        "format('ALTER TYPE %s ADD VALUE ''bench''', ref)",
        "enum-definition",
        lost=ENUM_VALUE,
    ),
    Kind(
        "enum value added in the middle",
        "typ WHERE kind = 'e'",
        "format('ALTER TYPE %s ADD VALUE ''bench'' AFTER %L', ref, labels[1])",
        "enum-definition",
        lost=ENUM_VALUE,
    ),
    Kind(
        "enum value renamed",
        "typ WHERE kind = 'e'",
        "format('ALTER TYPE %s RENAME VALUE %L TO ''bench''', ref, labels[1])",
        "enum-definition",
    ),
    Kind(
        "enum values exchanged",
        "typ WHERE kind = 'e'",
        "format('ALTER TYPE %s RENAME VALUE %L TO ''bench''; ALTER TYPE %s RENAME VALUE %L TO %L;"
        " ALTER TYPE %s RENAME VALUE ''bench'' TO %L', ref, labels[1], ref, labels[2],"
        " labels[1], ref,"
        " labels[2])",
        "enum-definition",
    ),
)

COMPOSITES: Final = (
    Kind(
        "composite attribute added",
        "typ WHERE kind = 'c'",
        "format('ALTER TYPE %s ADD ATTRIBUTE bench_new text CASCADE', ref)",
        ATTRIBUTES,
    ),
    Kind(
        "composite attribute dropped",
        "typ WHERE kind = 'c'",
        f"format('ALTER TYPE %s DROP ATTRIBUTE %s CASCADE', ref, {ATTRIBUTE})",
        ATTRIBUTES,
    ),
    Kind(
        "composite attribute renamed",
        "typ WHERE kind = 'c'",
        f"format('ALTER TYPE %s RENAME ATTRIBUTE %s TO bench_new CASCADE', ref, {ATTRIBUTE})",
        ATTRIBUTES,
    ),
    Kind(
        "composite attribute with another type",
        "typ WHERE kind = 'c' AND NOT used",
        f"format('ALTER TYPE %s ALTER ATTRIBUTE %s TYPE text CASCADE', ref, {ATTRIBUTE})",
        ATTRIBUTES,
    ),
    Kind(
        "composite attribute's comment",
        "typ WHERE kind = 'c'",
        f"format('COMMENT ON COLUMN %s.%s IS ''new''', ref, {ATTRIBUTE})",
        "{}-definition {}-comment column-comment",
    ),
)

RANGES: Final = (
    Kind(
        "range over another type",
        "typ WHERE kind = 'r'",
        "format('DROP TYPE %s CASCADE; CREATE TYPE %s AS RANGE (subtype = integer)', ref, ref)",
        "range-type-definition range-type-changed range-type-subtype",
    ),
    Kind(
        "range with another multirange",
        "typ WHERE kind = 'r'",
        "format('ALTER TYPE %s RENAME TO bench_new', (SELECT rngmultitypid::regtype FROM pg_range"
        " WHERE rngtypid = typ.oid))",
        "range-type-definition range-type-changed range-type-multirange",
    ),
)

COLLATIONS: Final = (
    Kind(
        "collation dropped",
        COLLATION,
        "format('DROP COLLATION %s CASCADE', ref)",
        "collation-missing",
    ),
    Kind(
        "collation with another locale",
        f"{COLLATION} WHERE NOT used",
        "format('DROP COLLATION %s; CREATE COLLATION %s (provider = libc, locale ="
        " ''POSIX'')', ref, ref)",
        "collation-definition collation-changed collation-locale",
    ),
    Kind(
        "collation of another version",
        COLLATION,
        "format('UPDATE pg_collation SET collversion = ''0.bench'' WHERE oid ="
        " %L::regcollation', ref)",
        "collation-version",
        lost="there is no version to record of a collation that has none",
    ),
    Kind(
        "collation owner",
        COLLATION,
        "format('ALTER COLLATION %s OWNER TO bench_stranger', ref)",
        "collation-owner",
    ),
    Kind(
        "collation comment removed",
        COLLATION,
        "format('COMMENT ON COLLATION %s IS NULL', ref)",
        "collation-comment",
    ),
)

KINDS: Final = (*ALL, *ENUMS, *COMPOSITES, *RANGES, *COLLATIONS)
