"""A renamed object gets its old name again, and is not created again."""

import pytest

from schemaproof.repair.plan import repair
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.snapshot_strategies import sql
from schemaproof_testing.snapshots import EXAMPLE, changed

T = (("schemas", "q"), ("relations", "t"))


def statements(actual: Snapshot) -> list[str]:
    return [step.sql for step in repair(EXAMPLE, actual)]


@pytest.mark.parametrize(
    ("actual", "statement"),
    [
        (
            changed(
                EXAMPLE,
                (*T, ("indexes", "ix")),
                name="other",
                definition=sql("CREATE INDEX other ON q.t (c)"),
            ),
            'ALTER INDEX "q"."other" RENAME TO "ix"',
        ),
        (
            changed(EXAMPLE, (*T, ("columns", "g")), name="other"),
            'ALTER TABLE "q"."t" RENAME COLUMN "other" TO "g"',
        ),
        (
            changed(EXAMPLE, (*T, ("constraints", "check")), name="other"),
            'ALTER TABLE "q"."t" RENAME CONSTRAINT "other" TO "check"',
        ),
        (changed(EXAMPLE, T, name="other"), 'ALTER TABLE "q"."other" RENAME TO "t"'),
    ],
    ids=["index", "column", "constraint", "table"],
)
def test_a_rename_is_taken_back_by_a_rename_alone(actual: Snapshot, statement: str) -> None:
    assert statements(actual) == [statement]
