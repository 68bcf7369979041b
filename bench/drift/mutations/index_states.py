"""Changes to indexes: their parameters, state and place."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind

FREE: Final = "idx WHERE own AND NOT constrained AND NOT identity AND code <> 'table'"
CHANGED: Final = "{}-changed {}-definition"

KINDS: Final = (
    Kind(
        "index: storage parameter set",
        f"{FREE} AND method IN ('btree', 'hash') AND options IS NULL AND NOT partitioned",
        "format('ALTER INDEX %s SET (fillfactor = 42)', ref)",
        f"{CHANGED} {{}}-options",
    ),
    Kind(
        "index: storage parameter reset",
        f"{FREE} AND options IS NOT NULL",
        "format('ALTER INDEX %s RESET (fillfactor)', ref)",
        f"{CHANGED} {{}}-options",
    ),
    Kind(
        "index: GIN without fast update",
        f"{FREE} AND method = 'gin'",
        "format('ALTER INDEX %s SET (fastupdate = off)', ref)",
        f"{CHANGED} {{}}-options",
    ),
    Kind(
        "index: BRIN summarises by itself",
        f"{FREE} AND method = 'brin'",
        "format('ALTER INDEX %s SET (pages_per_range = 8, autosummarize = on)', ref)",
        f"{CHANGED} {{}}-options",
    ),
    Kind(
        "index: statistics target of its expression",
        f"{FREE} AND computed",
        "format('ALTER INDEX %s ALTER COLUMN 1 SET STATISTICS 321', ref)",
        f"{CHANGED} {{}}-statistics",
    ),
    Kind(
        "index invalid",
        f"{FREE} AND NOT partitioned",
        "format('UPDATE pg_index SET indisvalid = false WHERE indexrelid = %L::regclass', ref)",
        "{}-invalid",
    ),
    Kind(
        "index not ready",
        f"{FREE} AND NOT partitioned",
        "format('UPDATE pg_index SET indisready = false, indisvalid = false"
        " WHERE indexrelid = %L::regclass', ref)",
        "{}-invalid {}-not-ready",
    ),
    Kind(
        "constraint's index invalid",
        "idx WHERE constrained AND own AND kind = 'r'",
        "format('UPDATE pg_index SET indisvalid = false WHERE indexrelid = %L::regclass', ref)",
        "{}-invalid unique-index-invalid index-invalid {}-changed",
    ),
    Kind(
        "table clustered on another index",
        "idx WHERE NOT clustered AND kind IN ('r', 'm') AND method = 'btree' AND NOT partial",
        "format('ALTER TABLE %s CLUSTER ON %s', tab_ref, quoted)",
        "{}-clustered index-clustered unique-index-clustered table-clustered",
    ),
    Kind(
        "table no longer clustered",
        "idx WHERE clustered",
        "format('ALTER TABLE %s SET WITHOUT CLUSTER', tab_ref)",
        "{}-clustered index-clustered unique-index-clustered table-clustered",
    ),
    Kind(
        "index in another tablespace",
        "idx WHERE NOT partitioned AND kind = 'r'",
        "format('ALTER INDEX %s SET TABLESPACE bench_space', ref)",
        "{}-tablespace index-tablespace unique-index-tablespace",
    ),
    Kind(
        "index made a constraint",
        f"{FREE} AND uniq AND NOT partial AND NOT computed AND kind = 'r' AND NOT partitioned",
        "format('ALTER TABLE %s ADD CONSTRAINT %s UNIQUE USING INDEX %s', tab_ref, quoted, quoted)",
        "unique-index-constraint unique-index-missing unique-unexpected",
    ),
    Kind(
        "index comment set",
        f"{FREE} AND comment IS NULL",
        "format('COMMENT ON INDEX %s IS ''it''''s new''', ref)",
        "{}-comment",
    ),
    Kind(
        "index comment removed",
        f"{FREE} AND comment IS NOT NULL",
        "format('COMMENT ON INDEX %s IS NULL', ref)",
        "{}-comment",
    ),
)
