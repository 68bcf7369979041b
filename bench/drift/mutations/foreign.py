"""Changes to foreign data wrappers and servers."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

WRAPPER: Final = (
    "(SELECT format('%I', fdwname) AS ref, ARRAY[fdwname]::text[] AS names,"
    " 'foreign-data-wrapper' AS code FROM pg_foreign_data_wrapper) AS wrapper"
)
SERVER: Final = (
    "(SELECT format('%I', srvname) AS ref, ARRAY[srvname]::text[] AS names,"
    " 'foreign-server' AS code FROM pg_foreign_server) AS server"
)
OPTIONS: Final = "{}-options {}-definition {}-changed"


def both(what: str, word: str, source: str) -> tuple[Kind, ...]:
    """Return what can be done to wrappers and servers alike."""
    return (
        Kind(f"{what} dropped", source, f"format('DROP {word} %s CASCADE', ref)", "{}-missing"),
        Kind(
            f"{what} renamed",
            source,
            f"format('ALTER {word} %s RENAME TO bench_new', ref)",
            "{}-missing {}-renamed",
        ),
        Kind(
            f"{what} option added",
            source,
            f"format('ALTER {word} %s OPTIONS (ADD bench ''it''''s 50%%'')', ref)",
            OPTIONS,
        ),
        Kind(
            f"{what} granted to another role",
            source,
            f"format('GRANT USAGE ON FOREIGN {word.replace('FOREIGN ', '')} %s TO"
            " bench_stranger', ref)",
            "{}-privileges",
        ),
        Kind(
            f"{what} comment", source, f"format('COMMENT ON {word} %s IS NULL', ref)", "{}-comment"
        ),
    )


ELSEWHERE: Final = "where another server stands, and who logs in there, differs and is secret"
KINDS: Final = (
    *both("foreign data wrapper", "FOREIGN DATA WRAPPER", WRAPPER),
    *both("foreign server", "SERVER", SERVER),
    Kind(
        "foreign data wrapper option changed",
        WRAPPER,
        "format('ALTER FOREIGN DATA WRAPPER %s OPTIONS (SET depth ''2'')', ref)",
        OPTIONS,
    ),
    Kind(
        "foreign server version",
        SERVER,
        "format('ALTER SERVER %s VERSION ''2''', ref)",
        "{}-version {}-definition {}-changed",
    ),
    Kind(
        "foreign server option changed",
        SERVER,
        "format('ALTER SERVER %s OPTIONS (SET host ''here'')', ref)",
        OPTIONS,
        here=ELSEWHERE,
    ),
    Kind(
        "foreign server owner",
        SERVER,
        "format('GRANT USAGE ON FOREIGN DATA WRAPPER zoo_wrapper TO bench_stranger;"
        " ALTER SERVER %s OWNER TO bench_stranger', ref)",
        "{}-owner",
    ),
    Kind(
        "user mapping dropped",
        SERVER,
        "format('DROP USER MAPPING FOR PUBLIC SERVER %s', ref)",
        "user-mapping-missing {}-user-mappings {}-changed",
        here=ELSEWHERE,
    ),
    Kind(
        "user mapping changed",
        SERVER,
        "format('ALTER USER MAPPING FOR PUBLIC SERVER %s OPTIONS (SET \"user\" ''me'')', ref)",
        "user-mapping-options user-mapping-changed {}-user-mappings {}-changed",
        here=ELSEWHERE,
    ),
)
