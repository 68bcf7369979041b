"""For every rule of ``monps-db lint`` that needs no database: a revision that violates it."""

from dataclasses import replace
from pathlib import Path
from textwrap import indent

import pytest

from schemaproof.errors import ConfigurationError
from schemaproof.lint import linting
from schemaproof.lint.findings import Level
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.rules import OPINIONS, SQUAWK_OPINIONS, STATIC_RULES
from schemaproof.project import LintOptions, Project
from schemaproof.schema.database_objects import Column, Relation, Schema, Snapshot
from schemaproof_testing.lint_revisions import linted, revision

pytestmark = pytest.mark.slow

BLOCK = """with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY i ON quantum.x (a)")"""
NEW_TABLE = """op.create_table("new", sa.Column("a", sa.Integer))
op.bulk_insert(sa.table("new", sa.column("a", sa.Integer)), [{"a": 1}])"""
NEW_AND_ALTERED = """op.execute("CREATE TABLE quantum.y (a int)")
op.execute("ALTER TABLE quantum.y ADD COLUMN b int")
op.execute("ALTER TABLE quantum.x ADD COLUMN b int")"""
ONE_BY_ONE = """with op.get_context().autocommit_block():
    op.execute("ALTER TABLE quantum.x ADD COLUMN b int")
    op.execute("ALTER TABLE quantum.y ADD COLUMN b int")"""
ADD_BY_ALEMBIC = 'op.add_column("x", sa.Column("b", sa.Integer), schema="quantum")'
INDEX_BY_ALEMBIC = 'op.create_index("i", "x", ["a"], schema="quantum")'
NOTHING = "\n\ndef downgrade():\n    pass\n"
ADD = 'op.execute("ALTER TABLE quantum.x ADD COLUMN a int")'
DOWN_BLOCK = f"\n\ndef downgrade():\n{indent(BLOCK, '    ')}\n"
DOWN_BEFORE_BLOCK = f"\n\ndef downgrade():\n    {ADD}\n{indent(BLOCK, '    ')}\n"
DOWN_COMMITS = "\n\ndef downgrade():\n    {}\n"
# The fields are the rule, the level, the line, the upgrade, and the text above and below it.
CASES = [
    ("sql-unknown", "error", 1, 'op.get_bind().scalar(sa.text("SELECT 1"))', "", None),
    ("downgrade-missing", "error", 14, ADD, "", NOTHING),
    ("downgrade-missing", "error", 1, ADD, "", ""),
    ("downgrade-missing", "error", 14, ADD, "", NOTHING.replace("pass", "raise SystemExit")),
    ("application-import", "error", 8, ADD, "from models import Base\n", None),
    ("application-import", "error", 11, f"import core.config\n{ADD}", "", None),
    ("print-call", "warning", 12, f'{ADD}\nprint("done")', "", None),
    (
        "data-with-schema",
        "warning",
        12,
        f'{ADD}\nop.execute("UPDATE quantum.x SET a = 1")',
        "",
        None,
    ),
    (
        "autocommit-not-alone",
        "error",
        11,
        f"{ADD}\n{BLOCK}",
        "",
        None,
    ),
    ("autocommit-not-alone", "error", 15, ADD, "", DOWN_BEFORE_BLOCK),
    ("transaction-control", "error", 12, f'{ADD}\nop.execute("COMMIT")', "", None),
    ("transaction-control", "error", 11, f"op.execute('commit; begin')\n{ADD}", "", None),
    ("transaction-control", "error", 11, f'op.execute(sa.text("ROLLBACK"))\n{ADD}', "", None),
    ("transaction-control", "error", 15, ADD, "", DOWN_COMMITS.format('op.execute("END")')),
    ("transaction-control", "error", 15, ADD, "", DOWN_COMMITS.format("op.get_bind().commit()")),
    (
        "several-strong-locks",
        "warning",
        12,
        f'{ADD}\nop.execute("ALTER TABLE quantum.y ADD COLUMN a int")',
        "",
        None,
    ),
    (
        "require-concurrent-index-creation",
        "warning",
        12,
        f"{ADD_BY_ALEMBIC}\n{INDEX_BY_ALEMBIC}",
        "",
        None,
    ),
    (
        "require-concurrent-index-creation",
        "warning",
        11,
        'op.create_index("i", "x", ["a"], schema="quantum")',
        "",
        None,
    ),
    ("sql-not-analysed", "warning", 11, 'op.execute("ALTER TABEL quantum.x")', "", None),
    (
        "several-strong-locks",
        "warning",
        11,
        "op.execute(\"ALTER TABLE quantum.x ADD b text DEFAULT '--'; DROP TABLE a, public.a, c\")",
        "",
        None,
    ),
    (
        "data-with-schema",
        "warning",
        12,
        f'{ADD}\nop.execute("WITH n AS (UPDATE quantum.x SET a = 1 RETURNING 1) SELECT 1 FROM n")',
        "",
        None,
    ),
    (
        "backfill-unfilled",
        "error",
        11,
        'op.execute("UPDATE quantum.x SET a = NULL WHERE a IS NULL")',
        "",
        None,
    ),
    ("syntax-error", "error", 11, 'op.execute("ALTER TABEL quantum.x")', "", None),
    ("ban-drop-column", "warning", 11, 'op.drop_column("x", "a", schema="quantum")', "", None),
    (
        "changing-column-type",
        "warning",
        10,
        "op.execute(SQL)",
        'SQL = """\nALTER TABLE quantum.x\n    ALTER COLUMN a TYPE bigint\n"""\n',
        None,
    ),
]


def write(folder: Path, upgrade: str, above: str = "", below: str | None = None) -> None:
    if below is None:
        revision(folder, upgrade, above=above)
    else:
        revision(folder, upgrade, above=above, below=below)


@pytest.mark.parametrize(("rule", "level", "line", "upgrade", "above", "below"), CASES)
def test_a_revision_that_breaks_a_rule_is_named_with_its_line(
    tmp_path: Path, rule: str, level: str, line: int, upgrade: str, above: str, below: str | None
) -> None:
    write(tmp_path, upgrade, above, below)
    found = [one for one in linting.lint([linted(tmp_path)], ()) if one.rule == rule]
    assert {(one.level, one.line, one.revision) for one in found} == {
        (Level(level), line, "0000000000aa")
    }


@pytest.mark.parametrize(
    "upgrade",
    [
        ADD,
        NEW_TABLE,
        BLOCK,
        'op.execute("UPDATE quantum.x SET a = 1")',
        NEW_AND_ALTERED,
        ONE_BY_ONE,
    ],
    ids=[
        *("one table", "rows of a new table", "a block alone", "rows alone"),
        *("a table that nobody else has seen", "locks one after the other"),
    ],
)
def test_a_revision_that_breaks_none_has_no_findings(tmp_path: Path, upgrade: str) -> None:
    write(tmp_path, upgrade)
    assert linting.lint([linted(tmp_path)], ()) == []


def test_a_block_alone_in_a_downgrade_is_no_finding(tmp_path: Path) -> None:
    write(tmp_path, ADD, below=DOWN_BLOCK)
    assert linting.lint([linted(tmp_path)], ()) == []


def test_a_revision_that_changes_nothing_needs_no_downgrade(tmp_path: Path) -> None:
    write(tmp_path, "pass", below=NOTHING)
    assert linting.lint([linted(tmp_path)], ()) == []


@pytest.mark.parametrize("ignored", ["print-call", "0000000000aa:print-call"])
def test_what_the_project_ignores_is_left_out(tmp_path: Path, ignored: str) -> None:
    write(tmp_path, f'{ADD}\nprint("done")')
    assert linting.lint([linted(tmp_path)], (ignored,)) == []
    assert linting.lint([linted(tmp_path)], ("0000000000bb:print-call",)) != []


def with_table(found: LintedRevision) -> LintedRevision:
    table = Relation(name="x", columns=(Column(name="a", position=1, type="integer"),))
    return replace(
        found, before=(Snapshot(),), after=Snapshot((Schema(name="quantum", relations=(table,)),))
    )


def test_a_table_that_a_downgrade_drops_has_to_be_declared(tmp_path: Path) -> None:
    write(tmp_path, ADD)
    (finding,) = linting.lint([with_table(linted(tmp_path))], ())
    assert (finding.rule, finding.level) == ("data-loss-undeclared", Level.ERROR)
    write(tmp_path, ADD, above='downgrade_loses = "the rows of x"\n')
    assert linting.lint([with_table(linted(tmp_path))], ()) == []


def test_savepoints_and_a_recorded_revision_may_be_as_they_are(tmp_path: Path) -> None:
    write(tmp_path, f'{ADD}\nop.execute("SAVEPOINT s")\nop.execute("ROLLBACK TO s")')
    assert linting.lint([linted(tmp_path)], ()) == []
    write(tmp_path, f'{ADD}\nop.execute("COMMIT")', above='downgrade_loses = "the rows of x"\n')
    assert linting.lint([linted(tmp_path)], ()) != []
    assert linting.lint([replace(linted(tmp_path), is_recorded=True)], ()) == []


def test_opinions_hold_where_the_project_asks_for_them(tmp_path: Path) -> None:
    assert {"application-import", "data-loss-undeclared"} == OPINIONS - SQUAWK_OPINIONS
    project = Project(root=tmp_path, script_location=tmp_path, lint_ignore=("print-call",))
    assert set(linting.left_out(project.lint_options)) == {"print-call", *OPINIONS}
    asking = LintOptions(("print-call",), ("application-import",))
    assert set(linting.left_out(asking)) == {"print-call", *OPINIONS} - {"application-import"}
    with pytest.raises(ConfigurationError, match="lint-enable names no-such-rule"):
        linting.left_out(LintOptions((), ("no-such-rule",)))


def test_every_rule_of_ours_is_broken_by_a_case() -> None:
    assert set(STATIC_RULES) - {"data-loss-undeclared"} <= {case[0] for case in CASES}
