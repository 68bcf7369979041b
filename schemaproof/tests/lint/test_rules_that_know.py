"""Rules that do not apply because of the schema of the previous revision, or of the phase."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import pytest

from schemaproof.history.phases import CONTRACT, EXPAND, Phase
from schemaproof.lint import linting
from schemaproof.lint.columns import Columns
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.statements import Statement
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    Index,
    Relation,
    Schema,
    Snapshot,
)
from schemaproof.schema.values import SqlText

SOURCE: Final = "def upgrade():\n    pass\n\n\ndef downgrade():\n    op.execute('SELECT 1')\n"


def _columns(**types: str) -> tuple[Column, ...]:
    made = enumerate(types.items(), 1)
    return tuple(Column(name=name, position=at, type=kind) for at, (name, kind) in made)


def _schema(*relations: Relation) -> Snapshot:
    return Snapshot((Schema(name="public", relations=relations),))


def _item(**types: str) -> Snapshot:
    item = Relation(name="item", columns=_columns(**types), constraints=(NOT_NULL,))
    return _schema(item, PARTITIONED, *PARTS)


NOT_NULL: Final = Constraint(
    name="n", kind="check", definition=SqlText(("CHECK ((id IS NOT NULL))",))
)
PARTITIONED: Final = Relation(
    name="p",
    kind="partitioned-table",
    partition_key=SqlText(("RANGE (id)",)),
    columns=_columns(id="integer", o="integer"),
    indexes=(Index(name="p_ix", definition=SqlText(("CREATE INDEX p_ix ON public.p (id)",))),),
)
KEY: Final = Constraint(
    name="k", kind="foreign-key", definition=SqlText(("FOREIGN KEY (o) REFERENCES other(id)",))
)
PARTS: Final = tuple(
    Relation(
        name=name,
        partition_of=SqlText((f"public.p FOR VALUES FROM ({at}) TO ({at + 1})",)),
        columns=_columns(id="integer", o="integer"),
        constraints=(KEY,),
    )
    for at, name in enumerate(("p1", "p2"))
)
OLD: Final = _item(id="integer", a="character varying")


class Case(NamedTuple):
    """A statement to which a rule does not apply.

    Attributes:
        rule: The rule.
        sql: The statements.
        after: The schema after the statements.
        phase: The phase that the revision declares.
        otherwise: Similar statements to which the rule applies.
    """

    rule: str
    sql: str
    after: Snapshot = OLD
    phase: str = EXPAND
    otherwise: str = ""


CASES: Final = {
    "column that is dropped in its phase": Case(
        "ban-drop-column", "ALTER TABLE item DROP COLUMN a", _item(id="integer"), CONTRACT
    ),
    "table that is dropped in its phase": Case(
        "ban-drop-table", "DROP TABLE item", _schema(), CONTRACT
    ),
    "table that gets another name in its phase": Case(
        "renaming-table", "ALTER TABLE item RENAME TO other", _schema(), CONTRACT
    ),
    **{
        f"{kind.lower()} that is dropped in its phase": Case(
            f"ban-drop-{kind.lower()}", f"DROP {kind} {name}", phase=CONTRACT
        )
        for kind, name in (
            ("SEQUENCE", "s"),
            ("TYPE", "kind"),
            ("FUNCTION", "f()"),
            ("VIEW", "v"),
        )
    },
    "column with a default that no row is written for": Case(
        "adding-field-with-default",
        "ALTER TABLE item ADD COLUMN n text DEFAULT lower('A')",
        _item(id="integer", a="character varying", n="text"),
        otherwise="ALTER TABLE item ADD COLUMN n uuid DEFAULT gen_random_uuid()",
    ),
    "column that a check says is never null": Case(
        "adding-not-nullable-field",
        "ALTER TABLE item ALTER COLUMN id SET NOT NULL",
        otherwise="ALTER TABLE item ALTER COLUMN a SET NOT NULL",
    ),
    "key of a partitioned table that every partition has": Case(
        "adding-serial-primary-key-field",
        "ALTER TABLE ONLY p ADD CONSTRAINT u PRIMARY KEY (id)",
        otherwise="ALTER TABLE item ADD CONSTRAINT u PRIMARY KEY (id)",
    ),
    "foreign key of all partitions": Case(
        "adding-foreign-key-constraint",
        "ALTER TABLE p ADD CONSTRAINT k FOREIGN KEY (o) REFERENCES other (id)",
        otherwise="ALTER TABLE item ADD CONSTRAINT l FOREIGN KEY (id) REFERENCES other (id)",
    ),
    "type that is none for the rows": Case(
        "changing-column-type",
        "ALTER TABLE item ALTER COLUMN a TYPE text",
        _item(id="bigint", a="text"),
        otherwise="ALTER TABLE item ALTER COLUMN id TYPE bigint",
    ),
    "names that two columns swap": Case(
        "renaming-column",
        "ALTER TABLE item RENAME COLUMN a TO a__old",
        _item(id="integer", a="text", a__old="text"),
        otherwise="ALTER TABLE item RENAME COLUMN b TO c",
    ),
    "index of a partitioned table ONLY": Case(
        "require-concurrent-index-creation",
        "CREATE INDEX p_o ON ONLY p (o)",
        otherwise="CREATE INDEX p_o ON p (o)",
    ),
    "index of a partitioned table that goes": Case(
        "require-concurrent-index-deletion", "DROP INDEX p_ix", otherwise="DROP INDEX item_ix"
    ),
    "key of a partitioned table ONLY": Case(
        "disallowed-unique-constraint",
        "ALTER TABLE ONLY p ADD CONSTRAINT u UNIQUE (id)",
        otherwise="ALTER TABLE p ADD CONSTRAINT u UNIQUE (id)",
    ),
    "foreign key that every partition has": Case(
        "constraint-missing-not-valid",
        "ALTER TABLE p ADD CONSTRAINT k FOREIGN KEY (o) REFERENCES other (id)",
        otherwise="ALTER TABLE p ADD CONSTRAINT l FOREIGN KEY (o) REFERENCES other (id)",
    ),
    "the two tables of a foreign key": Case(
        "several-strong-locks",
        "ALTER TABLE item ADD CONSTRAINT l FOREIGN KEY (id) REFERENCES other (id) NOT VALID",
        otherwise="ALTER TABLE item ADD x int; ALTER TABLE other ADD x int",
    ),
    "partitions of one table": Case(
        "several-strong-locks",
        "ALTER TABLE p1 ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
        " ALTER TABLE p2 ADD CONSTRAINT c CHECK (id > 0) NOT VALID",
        otherwise="ALTER TABLE p1 ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
        " ALTER TABLE item ADD CONSTRAINT c CHECK (id > 0) NOT VALID",
    ),
    "indexes that are attached": Case(
        "several-strong-locks",
        "ALTER INDEX p_ix ATTACH PARTITION p1_ix; ALTER INDEX other_ix ATTACH PARTITION o1_ix",
    ),
}


def _rules(case: Case, sql: str, phase: str) -> set[str]:
    around = Columns((OLD,), case.after)
    revision = LintedRevision(
        id="r",
        title="r",
        path=Path("r.py"),
        source=SOURCE,
        statements=tuple(
            Statement(one, 1, verbatim=False, autocommit=False, columns=around)
            for one in sql.split("; ")
        ),
        unprintable=None,
        before=None,
        after=None,
        declared_phase=Phase(phase),
    )
    return {one.rule for one in linting.lint([revision], ())}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_says_nothing_where_it_is_known_better(name: str) -> None:
    case = CASES[name]
    assert case.rule not in _rules(case, case.sql, case.phase)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.otherwise])
def test_it_says_it_of_what_is_like_that(name: str) -> None:
    case = CASES[name]
    assert case.rule in _rules(case, case.otherwise, case.phase)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.phase == CONTRACT])
def test_it_says_it_where_no_phase_is_declared(name: str) -> None:
    case = CASES[name]
    assert case.rule in _rules(case, case.sql, EXPAND)
