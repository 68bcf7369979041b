"""The objects that a repair script leaves unchanged, with the reasons."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from schemaproof.findings.steps import Step
from schemaproof.schema.paths import ObjectPath


def withheld(
    steps: Sequence[Step], accepted: Collection[ObjectPath], *, destructive: bool
) -> dict[ObjectPath, str]:
    """Return the objects whose statements are all commented out, each with the reason.

    The statements about an object, and about objects that are dropped for it, all run or none of
    them does.

    Args:
        steps: The steps.
        accepted: The objects whose difference is accepted.
        destructive: Whether statements that can lose data are active.
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
