"""Turn autogenerate's operations into revisions that hold strong locks only for moments."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator

from alembic.operations.ops import DowngradeOps, MigrationScript, UpgradeOps

from . import (
    online_renames,
    partitioned_twin,
    replaced_enum,
    safe_columns,
    safe_constraints,
    safe_types,
    tied_types,
)
from .safe_steps import CONTRACT, LABELS, ORDINARY, Step, revisions
from .tables_there import TablesThere
from .written_statements import (
    Concurrently,
    DroppedConstraint,
    NewConstraint,
    Statement,
    Statements,
    labels_committed,
)


def lock_safe(context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write autogenerate's operations as a chain of revisions (``process_revision_directives``).

    Args:
        context: The context of the migration.
        directives: The revision; replaced by those of the chain.
    """
    config = getattr(context.environment_context, "config", None)
    if len(directives) != 1 or (config and config.attributes.get("schemaproof.probe")):
        # The probe itself divides the revision later.
        return
    [script] = directives
    if script.upgrade_ops is None or script.upgrade_ops.is_empty():
        return
    try:
        made, _ = steps(context, script.upgrade_ops.ops)
    except (NotImplementedError, ValueError):
        # An operation of a library has no reverse operation.
        return
    directives[:] = chain(script, made)


def steps(
    context: Any, operations: Iterable[Any], postgresql: int | None = None
) -> tuple[list[Step], list[str]]:
    """Return the parts of a change, and notes for its reader.

    Args:
        context: The context of the migration, connected to a database at the revision before the
            change.
        operations: The change.
        postgresql: The major version of all databases; None when unknown.
    """
    flat = list(_flattened(operations))
    there = TablesThere(context, flat, postgresql)
    tied_types.make_apart(there, flat)
    found, left = online_renames.renamed(there, flat)
    twins, left = partitioned_twin.partitioned(there, left)
    replacing, left = safe_types.replaced(there, left)
    enums, left = replaced_enum.replaced(there, left)
    found.extend((*twins, *replacing, *enums))
    for one in left:
        write = _WRITERS.get(type(one).__name__)
        made = write(there, one) if write and there.is_there(one) else None
        found.extend([_as_it_is(there, one)] if made is None else made)
    return found, there.notes


def chain(script: Any, made: Iterable[Step], application: str | None = None) -> list[Any]:
    """Return the revisions of a change, each after the one before.

    Args:
        script: The revision that Alembic would write; the first of the chain gets its id.
        made: The parts of the change.
        application: The oldest version that may be connected when a contract revision runs; None
            for any.
    """
    groups = revisions(made)
    scripts: list[Any] = []
    for number, group in enumerate(groups, 1):
        up = [op for step in group for op in step.up]
        down = [op for step in reversed(group) for op in step.down]
        if group[0].is_autocommit:
            up, down = [Concurrently(up)], [Concurrently(down)] if down else []
        one = MigrationScript(
            script.rev_id if not scripts else f"{script.rev_id}_{number}",
            UpgradeOps(up),
            DowngradeOps(down),
            message=script.message,
            imports=set(script.imports),
            head=scripts[-1].rev_id if scripts else script.head,
            splice=script.splice if not scripts else False,
            branch_label=script.branch_label if not scripts else None,
            version_path=script.version_path,
            depends_on=script.depends_on if not scripts else None,
        )
        if len(groups) > 1:
            one.message = f"{script.message} ({number}/{len(groups)})"
        one.imports.update(_declared(group[0], application))
        scripts.append(one)
    return scripts


def _declared(step: Step, application: str | None) -> Iterator[str]:
    """Yield the declarations of the phase for the file of a revision."""
    if step.is_expand:
        yield 'phase = "expand"'
    elif step.is_contract:
        yield 'phase = "contract"'
        if application is not None:
            yield f'application = "{application}"'


def _flattened(operations: Iterable[Any]) -> Iterable[Any]:
    for one in operations:
        if hasattr(one, "ops"):
            yield from _flattened(one.ops)
        else:
            yield one


def _as_it_is(there: TablesThere, one: Any) -> Step:
    if isinstance(one, Statements) and one.stage == LABELS:
        return Step(LABELS, (labels_committed(one),), (one.reverse(),))
    if isinstance(one, (Statement, Statements)):
        return Step(one.stage, (one,), (one.reverse(),), there.existing([one.table]))
    return Step(ORDINARY, (one,), (one.reverse(),), there.locked(one))


def _dropped_table(there: TablesThere, one: Any) -> list[Step]:
    # The indexes of the table are dropped with it, so the downgrade creates them after it.
    indexes = [index.reverse() for index in there.indexes_of_dropped(one)]
    return [Step(CONTRACT, (one,), (one.reverse(), *indexes), there.locked(one))]


_Writer = Callable[[TablesThere, Any], "list[Step] | None"]
_WRITERS: dict[str, _Writer] = {
    "AddColumnOp": safe_columns.added,
    "DropColumnOp": safe_columns.dropped,
    "AlterColumnOp": safe_columns.altered,
    "DropTableOp": _dropped_table,
    "CreateIndexOp": safe_constraints.index_created,
    "DropIndexOp": safe_constraints.index_dropped,
    "CreateUniqueConstraintOp": safe_constraints.unique,
    "CreateForeignKeyOp": safe_constraints.foreign_key,
    "CreateCheckConstraintOp": safe_constraints.check,
    "DropConstraintOp": safe_constraints.constraint_dropped,
    NewConstraint.__name__: safe_constraints.by_definition,
    DroppedConstraint.__name__: safe_constraints.dropped,
}
