"""Which objects a script leaves as they are, and why."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from schemaproof.findings.steps import Step
from schemaproof.schema.paths import ObjectPath


def withheld(
    steps: Sequence[Step], accepted: Collection[ObjectPath], *, destructive: bool
) -> dict[ObjectPath, str]:
    """Return the paths of the objects none of whose statements are in force, each with the reason.

    All statements about an object are run, or none: what is dropped is made again. So are those
    about objects that are dropped for it.

    Args:
        steps: The steps.
        accepted: The objects that are left alone, because how they differ is accepted.
        destructive: Whether statements that can lose data are in force.
    """
    reasons: dict[ObjectPath, str] = dict.fromkeys(
        accepted, "The baseline accepts this difference."
    )
    needed_by: defaultdict[ObjectPath, set[ObjectPath]] = defaultdict(set)
    for step in steps:
        if step.others:
            names = ", ".join(step.others)
            reason = (
                f"These objects prevent it, and are left alone: {names}. Once they are"
                " removed, run:"
            )
            reasons.setdefault(step.path, reason)
        elif step.destructive and not destructive and not step.unmodelled:
            reasons.setdefault(step.path, "This can lose data. To include it: --destructive")
        for path in step.needs:
            needed_by[path].add(step.path)
    waiting = [*reasons]
    while waiting:
        path = waiting.pop()
        for other in needed_by[path] - reasons.keys():
            reasons[other] = f"Left out together with the statements about {path}:"
            waiting.append(other)
    return reasons
