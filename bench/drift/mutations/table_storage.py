"""Changes to tables: how they are stored, replicated and described."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

TABLE: Final = "tab"
ALONE: Final = "tab WHERE kind = 'r' AND NOT child AND NOT parent AND NOT typed"

KINDS: Final = (
    Kind(
        "table made unlogged",
        f"{ALONE} AND persistence = 'p' AND NOT EXISTS (SELECT FROM con WHERE type = 'f'"
        " AND (SELECT confrelid FROM pg_constraint WHERE oid = con.oid) = tab.oid AND relid <>"
        " tab.oid)"
        " AND NOT EXISTS (SELECT FROM pg_publication_rel WHERE prrelid = tab.oid)"
        " AND (NOT managed OR schema = 'quantum' OR NOT EXISTS (SELECT FROM"
        " pg_publication_namespace"
        " WHERE pnnspid = (SELECT oid FROM mine WHERE mine.schema = tab.schema)))",
        "format('ALTER TABLE %s SET UNLOGGED', ref)",
        "table-persistence",
    ),
    Kind(
        "table made logged",
        "tab WHERE persistence = 'u'",
        "format('ALTER TABLE %s SET LOGGED', ref)",
        "table-persistence",
    ),
    Kind(
        "table: storage parameter set",
        "tab WHERE kind = 'r'",
        "format('ALTER TABLE %s SET (fillfactor = 42)', ref)",
        "table-options",
    ),
    Kind(
        "table: autovacuum switched off",
        "tab WHERE kind = 'r' AND options IS NULL",
        "format('ALTER TABLE %s SET (autovacuum_enabled = false)', ref)",
        "table-options",
    ),
    Kind(
        "table: TOAST parameter set",
        "tab WHERE kind = 'r' AND EXISTS (SELECT FROM pg_class WHERE oid = tab.oid"
        " AND reltoastrelid <> 0)",
        "format('ALTER TABLE %s SET (toast.vacuum_truncate = false)', ref)",
        "table-options table-toast-options",
    ),
    Kind(
        "table: storage parameters reset",
        "tab WHERE options IS NOT NULL",
        "format('ALTER TABLE %s RESET (fillfactor, autovacuum_enabled)', ref)",
        "table-options",
    ),
    Kind(
        "table: TOAST parameter reset",
        "tab WHERE options IS NOT NULL",
        "format('ALTER TABLE %s RESET (toast.autovacuum_enabled)', ref)",
        "table-options table-toast-options",
    ),
    Kind(
        "replica identity: all columns",
        "tab WHERE identity <> 'f'",
        "format('ALTER TABLE %s REPLICA IDENTITY FULL', ref)",
        "table-replica-identity",
    ),
    Kind(
        "replica identity: nothing",
        "tab WHERE identity <> 'n'",
        "format('ALTER TABLE %s REPLICA IDENTITY NOTHING', ref)",
        "table-replica-identity",
    ),
    Kind(
        "replica identity: default",
        "tab WHERE identity <> 'd'",
        "format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', ref)",
        "table-replica-identity",
    ),
    Kind(
        "replica identity: an index",
        "idx WHERE kind = 'r' AND code = 'primary-key' AND NOT identity",
        "format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %s', tab_ref, quoted)",
        "table-replica-identity",
        names="ARRAY[schema, tab]",
    ),
    Kind(
        "access method",
        "tab WHERE kind = 'r' AND method = 'heap' AND NOT partition",
        "format('CREATE ACCESS METHOD bench_heap TYPE TABLE HANDLER heap_tableam_handler;"
        " ALTER TABLE %s SET ACCESS METHOD bench_heap', ref)",
        "table-access-method",
    ),
    Kind(
        "access method back to heap",
        "tab WHERE method <> 'heap'",
        "format('ALTER TABLE %s SET ACCESS METHOD heap', ref)",
        "table-access-method",
    ),
    Kind(
        "table in another tablespace",
        TABLE,
        "format('ALTER TABLE %s SET TABLESPACE bench_space', ref)",
        "table-tablespace",
    ),
    Kind(
        "table comment set",
        "relation WHERE comment IS NULL",
        "format('COMMENT ON %s %s IS %L', word, ref, 'it''s \"new\"')",
        "{}-comment",
    ),
    Kind(
        "table comment changed",
        "relation WHERE comment IS NOT NULL",
        "format('COMMENT ON %s %s IS %L', word, ref, comment || '.')",
        "{}-comment",
    ),
    Kind(
        "table comment removed",
        "relation WHERE comment IS NOT NULL",
        "format('COMMENT ON %s %s IS NULL', word, ref)",
        "{}-comment",
    ),
    Kind(
        "comment on a primary key's index",
        "idx WHERE constrained AND comment IS NULL AND own",
        "format('COMMENT ON INDEX %s IS ''new''', ref)",
        "{}-comment index-comment unique-index-comment {}-index-comment",
    ),
)
