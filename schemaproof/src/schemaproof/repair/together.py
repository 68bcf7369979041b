"""Group statements: an object that is dropped because of another is created again with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from schemaproof.findings.steps import Phase, Step
from schemaproof.repair.dependents import Dependents, enclosing
from schemaproof.repair.order import names_in
from schemaproof.schema.dependencies import Dependency, Ref
from schemaproof.schema.paths import ObjectPath, path


@dataclass(frozen=True)
class _Found:
    """Facts about the objects whose steps belong together.

    Attributes:
        droppers: The steps that drop something.
        retyped: The columns that get another type.
        anew: The objects that are dropped only because of others, and created again.
        needs: The paths of the objects that are repaired with an object, by its path.
        others: The objects of others that prevent the repair of an object, by its path.
    """

    droppers: dict[Ref, Step]
    retyped: frozenset[Ref]
    anew: frozenset[Ref]
    needs: defaultdict[ObjectPath, set[ObjectPath]] = field(
        default_factory=lambda: defaultdict(set)
    )
    others: defaultdict[ObjectPath, dict[str, None]] = field(
        default_factory=lambda: defaultdict(dict)
    )


def together(steps: Iterable[Step], dependents: Dependents, anew: frozenset[Ref]) -> list[Step]:
    """Add to each step the objects that it is repaired with, and those that are in its way.

    Args:
        steps: The steps.
        dependents: The dependencies between objects of the database.
        anew: The objects that are dropped only because of others, and created again.
    """
    listed = [*steps]
    found = _Found(
        {step.drops: step for step in listed if step.drops is not None},
        frozenset(column for step in listed for column in dependents.retyped(step)),
        anew,
    )
    for step in listed:
        for one in dependents.dependencies(step):
            _note(found, step, one, dependents)
    for step in listed:
        if step.makes is not None and step.makes in found.droppers:
            found.needs[step.path].add(found.droppers[step.makes].path)
    for step, made in _named(listed):
        found.needs[step.path].add(made)
    return [
        replace(
            step,
            needs=frozenset(found.needs[step.path] - {step.path}),
            others=tuple(found.others[step.path]),
        )
        for step in listed
    ]


def _note(found: _Found, step: Step, one: Dependency, dependents: Dependents) -> None:
    ref = one.dependent
    dropper = None if ref is None else _dropper(found, ref)
    if one.of_partition and ref not in found.anew and (dropper is None or dropper.unmodelled):
        return
    if ref is None:
        found.others[step.path][one.described] = None
    elif ref in found.anew:
        found.needs[step.path].add(ref.path)
        found.needs[ref.path].add(step.path)
    elif dropper is not None and dropper.unmodelled:
        if not step.unmodelled:
            found.others[step.path][one.described] = None
    elif dropper is not None:
        found.needs[step.path].add(dropper.path)
    elif ref in found.retyped:
        found.needs[step.path].add(ref.path)
    elif dependents.is_plain_column(ref):
        found.others[step.path][one.described] = None


def _dropper(found: _Found, ref: Ref) -> Step | None:
    """Return the step that drops an object, or the object that contains it."""
    return next((found.droppers[one] for one in enclosing(ref) if one in found.droppers), None)


def _named(steps: Sequence[Step]) -> Iterator[tuple[Step, ObjectPath]]:
    """Yield steps that name an object another step creates, or a column it drops or changes."""
    makers = {step.creates: step.path for step in steps if step.creates}
    columns = {
        (step.path.object, path(step.path.names[-1])): step.path
        for step in steps
        if step.destructive and len(step.path.names) > len(step.path.object)
    }
    if not makers and not columns:
        return
    for step in steps:
        if step.phase < Phase.CREATE_SCHEMAS:
            continue
        named = {*names_in(step)}
        yield from ((step, makers[name]) for name in named & makers.keys())
        for (table, column), where in columns.items():
            if column in named and (step.path.object == table or path(*table) in named):
                yield step, where
