"""Changes to domains."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

CHECK: Final = (
    "(SELECT format('%I', conname) FROM pg_constraint WHERE contypid = typ.oid AND contype = 'c'"
    " ORDER BY conname LIMIT 1)"
)
CHECKED: Final = "typ WHERE kind = 'd'"

KINDS: Final = (
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
