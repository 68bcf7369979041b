"""The kinds of changes that the tests of the drift benchmark try."""

from typing import Final

# On every schema, these changes are found, named, coded and repaired.
SAMPLE: Final = (
    "column added",
    "column type: shorter varchar",
    "column made nullable",
    "column default frozen at now",
    "column comment removed",
    "unique constraint dropped",
    "foreign key: ON DELETE CASCADE",
    "check weakened",
    "index: descending",
    "index invalid",
    "table dropped",
)
# Only the column numbers in the ledger reveal these changes.
NUMBERED: Final = ("column dropped and made anew", "columns renamed crosswise")
CALM: Final = (
    "vacuum full",
    "reindex",
    "default written anew",
    "constraint made anew from its print",
    "other people's table with everything",
    "our table's name in other people's schema",
)
# These change tables and sequences, and not the catalogs.
IN_DATA: Final = (
    "sequence behind its column",
    "sequence set back behind its column",
    "sequence exhausted",
    "sequence of a column exhausted",
    "alembic_version empty",
    "alembic_version with two rows",
    "alembic_version of nobody",
    # plpgsql is created with the server, so its oid is in the range of the server's own objects.
    "extension of another version",
    "extension comment",
    # The schema public is older than the user's objects, too.
    "shared schema open for everybody",
)
# These are tested in schemas that are shared with others; the zoo manages all of its schemas.
IN_A_SHARED_SCHEMA: Final = {
    "table shadowed by a schema called like a role",
    "table shadowed by a search_path",
    "table published by other people",
    "cast of a table's rows",
}
# The column shows which rows initdb created and which came later.
CATALOGS: Final = """
    SELECT relname, (
        SELECT attname FROM pg_attribute WHERE attrelid = pg_class.oid
        AND attname IN ('oid', 'attrelid', 'objid', 'objoid', 'indexrelid', 'mapcfg') LIMIT 1
    )
    FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'
    AND relname <> 'pg_statistic'
"""
DIGEST: Final = "SELECT sum(hashtextextended(t::text, 0)::numeric) FROM {} AS t WHERE {} >= 16384"
