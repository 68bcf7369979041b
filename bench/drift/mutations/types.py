"""Changes to enum, composite, domain and range types, and collations."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

CHECK: Final = (
    "(SELECT format('%I', conname) FROM pg_constraint WHERE contypid = typ.oid AND contype = 'c'"
    " ORDER BY conname LIMIT 1)"
)
ATTRIBUTE: Final = (
    "(SELECT format('%I', attname) FROM pg_attribute WHERE attrelid = relid AND atttypid = 1043"
    " AND NOT attisdropped LIMIT 1)"
)
CHECKED: Final = "typ WHERE kind = 'd'"
ATTRIBUTES: Final = "{}-attributes column-type column-missing column-unexpected {}-changed"
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
            reversible=False,
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
        "enum-values",
        reversible=False,
    ),
    Kind(
        "enum value added in the middle",
        "typ WHERE kind = 'e'",
        "format('ALTER TYPE %s ADD VALUE ''bench'' AFTER %L', ref, labels[1])",
        "enum-values",
        reversible=False,
    ),
    Kind(
        "enum value renamed",
        "typ WHERE kind = 'e'",
        "format('ALTER TYPE %s RENAME VALUE %L TO ''bench''', ref, labels[1])",
        "enum-values",
    ),
    Kind(
        "enum values exchanged",
        "typ WHERE kind = 'e'",
        "format('ALTER TYPE %s RENAME VALUE %L TO ''bench''; ALTER TYPE %s RENAME VALUE %L TO %L;"
        " ALTER TYPE %s RENAME VALUE ''bench'' TO %L', ref, labels[1], ref, labels[2],"
        " labels[1], ref,"
        " labels[2])",
        "enum-values",
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
        "{}-attributes {}-comment column-comment composite-type-attribute-comment",
    ),
)

DOMAINS: Final = (
    Kind(
        "domain default",
        CHECKED,
        "format('ALTER DOMAIN %s SET DEFAULT 42', ref)",
        "domain-definition domain-default",
    ),
    Kind(
        "domain default dropped",
        f"{CHECKED} AND preset IS NOT NULL",
        "format('ALTER DOMAIN %s DROP DEFAULT', ref)",
        "domain-definition domain-default",
    ),
    Kind(
        "domain nullability",
        CHECKED,
        "format('ALTER DOMAIN %s %s NOT NULL', ref, CASE WHEN required THEN 'DROP' ELSE 'SET' END)",
        "domain-definition domain-nullability domain-not-null",
    ),
    Kind(
        "domain check dropped",
        CHECKED,
        f"format('ALTER DOMAIN %s DROP CONSTRAINT %s', ref, {CHECK})",
        "domain-definition domain-checks check-missing domain-check-missing",
    ),
    Kind(
        "domain check added",
        CHECKED,
        "format('ALTER DOMAIN %s ADD CONSTRAINT bench_new CHECK (VALUE IS NOT NULL)', ref)",
        "domain-definition domain-checks check-unexpected domain-check-unexpected",
    ),
    Kind(
        "domain check renamed",
        CHECKED,
        f"format('ALTER DOMAIN %s RENAME CONSTRAINT %s TO bench_new', ref, {CHECK})",
        "domain-definition domain-checks check-missing domain-check-missing",
    ),
    Kind(
        "domain check changed",
        CHECKED,
        "format('ALTER DOMAIN %s DROP CONSTRAINT %s; ALTER DOMAIN %s ADD CONSTRAINT %s"
        f" CHECK (VALUE IS NOT NULL)', ref, {CHECK}, ref, {CHECK})",
        "domain-definition domain-checks check-changed domain-check-changed",
    ),
    Kind(
        "domain check not validated",
        CHECKED,
        "format('ALTER DOMAIN %s DROP CONSTRAINT %s; ALTER DOMAIN %s ADD CONSTRAINT %s %s NOT"
        " VALID', ref,"
        f" {CHECK}, ref, {CHECK}, (SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contypid = typ.oid AND contype = 'c' ORDER BY conname LIMIT 1))",
        "domain-definition domain-checks domain-not-validated check-not-validated"
        " domain-check-changed",
    ),
    Kind(
        "domain check's comment",
        CHECKED,
        f"format('COMMENT ON CONSTRAINT %s ON DOMAIN %s IS ''new''', {CHECK}, ref)",
        "domain-comment check-comment domain-definition domain-checks domain-check-comment",
    ),
    Kind(
        "domain over another type",
        f"{CHECKED} AND NOT used",
        'format(\'DROP DOMAIN %s; CREATE DOMAIN %s AS varchar(77) COLLATE "C" NOT NULL'
        " CONSTRAINT has_at CHECK (VALUE ~ ''@'') CONSTRAINT short CHECK (length(VALUE) <"
        " 100)', ref, ref)",
        "domain-definition domain-type domain-checks",
    ),
    Kind(
        "domain with another collation",
        f"{CHECKED} AND NOT used",
        'format(\'DROP DOMAIN %s; CREATE DOMAIN %s AS text COLLATE "POSIX" NOT NULL'
        " CONSTRAINT has_at CHECK (VALUE ~ ''@'') CONSTRAINT short CHECK (length(VALUE) <"
        " 100)', ref, ref)",
        "domain-definition domain-collation domain-checks",
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

KINDS: Final = (*ALL, *ENUMS, *COMPOSITES, *DOMAINS, *RANGES, *COLLATIONS)
