"""Changes to columns: how they are stored, planned, described, and who may use them."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

ALTER: Final = "format('ALTER TABLE %s ALTER %s "
REAL: Final = "col WHERE kind IN ('r', 'p') AND generated <> 'v'"

KINDS: Final = (
    Kind(
        "column storage",
        f"{REAL} AND toastable AND storage <> 'm'",
        ALTER + "SET STORAGE MAIN', ref, quoted)",
        "column-storage",
    ),
    Kind(
        "column storage plain",
        f"{REAL} AND toastable AND storage <> 'p'",
        ALTER + "SET STORAGE PLAIN', ref, quoted)",
        "column-storage",
    ),
    Kind(
        "column compression set",
        f"{REAL} AND toastable AND compression = ''",
        ALTER + "SET COMPRESSION pglz', ref, quoted)",
        "column-compression",
    ),
    Kind(
        "column compression reset",
        f"{REAL} AND compression <> ''",
        ALTER + "SET COMPRESSION default', ref, quoted)",
        "column-compression",
    ),
    Kind(
        "column statistics target set",
        f"{REAL} AND target < 0",
        ALTER + "SET STATISTICS 1000', ref, quoted)",
        "column-statistics",
    ),
    Kind(
        "column statistics switched off",
        f"{REAL} AND target <> 0",
        ALTER + "SET STATISTICS 0', ref, quoted)",
        "column-statistics",
    ),
    Kind(
        "column statistics target reset",
        f"{REAL} AND target > 0",
        ALTER + "SET STATISTICS -1', ref, quoted)",
        "column-statistics",
    ),
    Kind(
        "column options set",
        f"{REAL} AND options IS NULL",
        ALTER + "SET (n_distinct = 7)', ref, quoted)",
        "column-options",
    ),
    Kind(
        "column options reset",
        f"{REAL} AND options IS NOT NULL",
        ALTER + "RESET (n_distinct)', ref, quoted)",
        "column-options",
    ),
    Kind(
        "column comment set",
        "col WHERE comment IS NULL",
        "format('COMMENT ON COLUMN %s.%s IS %L', ref, quoted, E'it''s \\\\ \"50%\"\\nnew')",
        "column-comment",
    ),
    Kind(
        "column comment changed",
        "col WHERE comment IS NOT NULL",
        "format('COMMENT ON COLUMN %s.%s IS %L', ref, quoted, comment || '.')",
        "column-comment",
    ),
    Kind(
        "column comment removed",
        "col WHERE comment IS NOT NULL",
        "format('COMMENT ON COLUMN %s.%s IS NULL', ref, quoted)",
        "column-comment",
    ),
    Kind(
        "column granted to PUBLIC",
        "col WHERE acl IS NULL",
        "format('GRANT SELECT (%s) ON %s TO PUBLIC', quoted, ref)",
        "column-privileges",
    ),
    Kind(
        "column granted to another role",
        "col WHERE acl IS NULL",
        "format('GRANT UPDATE (%s) ON %s TO bench_stranger', quoted, ref)",
        "column-privileges",
    ),
    Kind(
        "column grant revoked",
        "col WHERE acl IS NOT NULL",
        "format('REVOKE ALL (%s) ON %s FROM PUBLIC, %s', quoted, ref, (SELECT string_agg("
        "grantee::regrole::text, ', ') FROM aclexplode(acl) WHERE grantee <> 0))",
        "column-privileges",
    ),
    Kind(
        "foreign column options",
        "col WHERE kind = 'f'",
        "format('ALTER FOREIGN TABLE %s ALTER %s OPTIONS (ADD bench ''1'')', ref, quoted)",
        "column-fdw-options column-foreign-options column-options",
    ),
    Kind(
        "foreign column type",
        "col WHERE kind = 'f' AND base = 'text'",
        "format('ALTER FOREIGN TABLE %s ALTER %s TYPE varchar(9)', ref, quoted)",
        "column-type",
    ),
    Kind(
        "foreign column dropped",
        "col WHERE kind = 'f'",
        "format('ALTER FOREIGN TABLE %s DROP %s CASCADE', ref, quoted)",
        "column-missing",
    ),
    Kind(
        "foreign column added",
        "relation WHERE kind = 'f'",
        "format('ALTER FOREIGN TABLE %s ADD bench_new text', ref)",
        "column-unexpected",
        names="names || 'bench_new'::text",
    ),
)
