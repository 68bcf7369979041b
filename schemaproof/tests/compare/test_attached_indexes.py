"""Indexes of a partition are matched with those of the partitioned table, whatever their names."""

from collections.abc import Mapping
from typing import Final

from schemaproof.compare import compare
from schemaproof.schema.database_objects import Column, Index, Relation, Schema, Snapshot
from schemaproof.schema.values import SqlText

FORMS: Final = {"ix": "(n)", "lower": "(n) WHERE n > 0"}


def _snapshot(names: dict[str, str], parents: Mapping[str, str | None]) -> Snapshot:
    indexes = tuple(
        Index(
            name=names[form],
            definition=SqlText((f"CREATE INDEX {names[form]} ON p.part USING btree {sql}",)),
            parent=parents[form],
        )
        for form, sql in FORMS.items()
    )
    column = Column(name="n", position=1, type="integer")
    table = Relation(name="part", columns=(column,), indexes=indexes)
    return Snapshot((Schema(name="p", relations=(table,)),))


ATTACHED: Final = {form: f"p.{form}" for form in FORMS}
NAMES: Final = {"ix": "part_n_idx", "lower": "part_n_idx1"}
SWAPPED: Final = {"ix": "part_n_idx1", "lower": "part_n_idx"}


def test_names_that_postgresql_has_given_may_be_swapped() -> None:
    assert compare(_snapshot(NAMES, ATTACHED), _snapshot(SWAPPED, ATTACHED)).differences == ()


def test_another_definition_or_a_detached_index_is_still_found() -> None:
    other = {"ix": ATTACHED["lower"], "lower": ATTACHED["ix"]}
    found = compare(_snapshot(NAMES, ATTACHED), _snapshot(NAMES, other)).differences
    assert {one.code for one in found} == {"index-changed"}
    detached = {"ix": None, "lower": ATTACHED["lower"]}
    found = compare(_snapshot(NAMES, ATTACHED), _snapshot(NAMES, detached)).differences
    assert [one.code for one in found] == ["index-parent"]
