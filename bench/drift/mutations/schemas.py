"""Changes to schemas and to what objects made in them will be granted."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

GIVEN: Final = (
    "(SELECT mine.*, defaclobjtype AS type, defaclacl FROM pg_default_acl"
    " JOIN mine ON mine.oid = defaclnamespace) AS given"
)
WORD: Final = (
    "CASE type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN"
    " 'FUNCTIONS' ELSE 'TYPES' END"
)
DEFAULTS: Final = (
    "default-privileges-definition default-privileges-missing default-privileges-unexpected"
)

KINDS: Final = (
    Kind(
        "schema dropped",
        "mine WHERE managed",
        "format('DROP SCHEMA %s CASCADE', ref)",
        "schema-missing",
    ),
    Kind(
        "schema renamed",
        "mine WHERE managed",
        "format('ALTER SCHEMA %s RENAME TO bench_new', ref)",
        "schema-missing",
    ),
    Kind(
        "schema owner",
        "mine WHERE managed",
        "format('ALTER SCHEMA %s OWNER TO bench_stranger', ref)",
        "schema-owner",
    ),
    Kind(
        "schema granted to PUBLIC",
        "mine WHERE managed",
        "format('GRANT CREATE ON SCHEMA %s TO PUBLIC', ref)",
        "schema-privileges",
    ),
    Kind(
        "schema granted to another role",
        "mine WHERE managed",
        "format('GRANT USAGE ON SCHEMA %s TO bench_stranger', ref)",
        "schema-privileges",
    ),
    Kind(
        "schema's grants revoked",
        "mine WHERE managed AND acl IS NOT NULL",
        "format('REVOKE ALL ON SCHEMA %s FROM zoo_visitor', ref)",
        "schema-privileges",
    ),
    Kind(
        "schema's grant option revoked",
        "mine WHERE managed AND acl IS NOT NULL",
        "format('REVOKE GRANT OPTION FOR CREATE ON SCHEMA %s FROM zoo_keeper', ref)",
        "schema-privileges",
    ),
    Kind(
        "schema comment",
        "mine WHERE managed",
        "format('COMMENT ON SCHEMA %s IS ''it''''s new''', ref)",
        "schema-comment",
    ),
    *(
        Kind(
            f"default privileges added on {what.lower()}",
            "mine WHERE managed",
            f"format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT ALL ON {what} TO"
            " bench_stranger', ref)",
            DEFAULTS,
        )
        for what in ("TABLES", "SEQUENCES", "FUNCTIONS", "TYPES")
    ),
    Kind(
        "default privileges for PUBLIC",
        "mine WHERE managed",
        "format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT SELECT ON TABLES TO PUBLIC', ref)",
        DEFAULTS,
    ),
    Kind(
        "default privileges taken away",
        GIVEN,
        "format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s REVOKE ALL ON %s FROM PUBLIC, zoo_keeper,"
        f" zoo_visitor', ref, {WORD})",
        DEFAULTS,
    ),
    Kind(
        "default privileges with grant option",
        f"{GIVEN} WHERE type = 'r'",
        "format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT SELECT ON TABLES TO zoo_visitor"
        " WITH GRANT OPTION', ref)",
        DEFAULTS,
    ),
    Kind(
        "default privileges in every schema",
        "mine WHERE managed",
        "'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC'",
        DEFAULTS,
        names="ARRAY[]::text[]",
    ),
)
