"""Work of several kinds, done in turn in one process, so that a change in its speed meets all.

What chance does in a process (Python's caches go by addresses) stays the same until it ends.
So there are several, one after the other; each prints what it measured as JSON.
"""

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

PROCESSES = 20

Seconds = Mapping[str, Sequence[float]]
"""Processor time of each turn, by kind."""


def take_turns(
    work: Mapping[str, Callable[[], object]],
    turns: int,
    before: Callable[[str], object] = lambda _: None,
) -> Seconds:
    """Do the work of each kind so many times; the first turn opens connections and fills caches.

    Args:
        work: By kind.
        turns: How often.
        before: Called with the kind before each turn; not measured.
    """
    kinds = [*work]
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(turns + 1):
        for place in range(len(kinds)):
            kind = kinds[(number + place) % len(kinds)]
            before(kind)
            gc.collect()
            gc.disable()
            start = time.process_time()
            work[kind]()
            seconds = time.process_time() - start
            gc.enable()
            if number:
                spent[kind].append(seconds)
    return spent


def in_processes(module: str, *arguments: str) -> list[Seconds]:
    """Return what each process measured, and printed last."""
    command = [sys.executable, "-m", module, *arguments]
    outputs = (subprocess.check_output(command) for _ in range(PROCESSES))
    return [json.loads(each.splitlines()[-1]) for each in outputs]


def ratio_line(processes: Sequence[Seconds], kind: str, other: str) -> str:
    """Say how much one kind costs beside another: the ratio of each two turns, of each process."""
    ratios = [
        statistics.median(one / two for one, two in zip(each[kind], each[other], strict=True))
        for each in processes
    ]
    error = statistics.stdev(ratios) / len(ratios) ** 0.5
    return (
        f"{kind} / {other}: {statistics.mean(ratios):.4f}, give or take {error:.4f}"
        f" (processes {min(ratios):.3f}-{max(ratios):.3f})"
    )


def microseconds(processes: Sequence[Seconds], kind: str, units: int) -> str:
    """Say what one unit costs, of so many in a turn."""
    seconds = statistics.median(statistics.median(each[kind]) for each in processes)
    return f"{kind}: {seconds / units * 1e6:.0f} us of processor time"
