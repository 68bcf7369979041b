"""Build small schemas, and compare two of them."""

from schemaproof.check.live_diff import State
from schemaproof.compare import compare
from schemaproof.findings.findings import Report, drift
from schemaproof.schema.database_objects import Column, Relation, Schema, Snapshot
from schemaproof.schema.scope import Scope

SCOPE = Scope(managed=("ours",), shared=())


def table(name: str, *columns: str) -> Relation:
    return Relation(
        name=name,
        columns=tuple(
            Column(name=column, position=position, type="integer")
            for position, column in enumerate(columns, start=1)
        ),
    )


def schema(*tables: Relation) -> Snapshot:
    return Snapshot((Schema(name="ours", relations=tables),))


def state(expected: Snapshot, actual: Snapshot) -> State:
    comparison = compare(expected, actual)
    findings = tuple(drift(comparison.differences, managed=["ours"]))
    report = Report(findings, comparison.objects, comparison.attributes)
    return State(expected, SCOPE, actual, comparison.differences, report)
