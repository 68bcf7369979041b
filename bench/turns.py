"""Run several kinds of work in turn in one process, so that changes in its speed affect all.

Random effects within a process (Python's caches depend on addresses) last until its end. So several
processes run one after the other; each prints its measurements as JSON.
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
"""Processor time of each call, by kind."""


def take_turns(
    work: Mapping[str, Callable[[], object]],
    turns: int,
    calls: int = 1,
    before: Callable[[str], object] = lambda _: None,
) -> Seconds:
    """Run the work of each kind in turn; the first turn opens connections and fills caches.

    Args:
        work: The function to measure, for each kind.
        turns: The number of measured turns.
        calls: The number of calls in a turn.
        before: The function that is called with the kind before each turn, and not measured.
    """
    kinds = [*work]
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(turns + 1):
        for place in range(len(kinds)):
            kind = kinds[(number + place) % len(kinds)]
            before(kind)
            gc.collect()
            gc.disable()
            seconds = [_seconds(work[kind]) for _ in range(calls)]
            gc.enable()
            if number:
                spent[kind] += seconds
    return spent


def _seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def in_processes(module: str, *arguments: str) -> list[Seconds]:
    """Return the measurements of each process, from the last line of its output."""
    command = [sys.executable, "-m", module, *arguments]
    outputs = (subprocess.check_output(command) for _ in range(PROCESSES))
    return [json.loads(each.splitlines()[-1]) for each in outputs]


def ratio_line(processes: Sequence[Seconds], kind: str, other: str) -> str:
    """Describe the ratio of the median times of two kinds: the mean of the processes."""
    ratios = [statistics.median(each[kind]) / statistics.median(each[other]) for each in processes]
    error = statistics.stdev(ratios) / len(ratios) ** 0.5
    return (
        f"{kind} / {other}: {statistics.mean(ratios):.4f}, give or take {error:.4f}"
        f" (processes {min(ratios):.3f}-{max(ratios):.3f})"
    )


def microseconds(processes: Sequence[Seconds], kind: str, units: int = 1) -> str:
    """Describe the time of one unit, when a call has a number of them."""
    seconds = statistics.median(statistics.median(each[kind]) for each in processes)
    return f"{kind}: {seconds / units * 1e6:.0f} us of processor time"
