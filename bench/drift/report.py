"""Report the runs: a table of figures, missed changes by kind, JSON."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from bench.drift.alembic_check import CRASHED, DETECTED
from bench.drift.runs import Run
from bench.drift.trial import Trial

HEADS = (
    *("project", "major", "kinds", "mutations", "detected", "named", "coded", "repaired"),
    *("harmless", "false alarms", "alembic: detected", "crashed", "false alarms"),
)
MISSES: dict[str, Callable[[Trial], bool]] = {
    "not detected": lambda trial: not trial.detected,
    "detected, not named": lambda trial: trial.detected and not trial.named,
    "named, another code": lambda trial: trial.named and not trial.coded,
    "detected, not repaired": lambda trial: trial.detected and trial.repaired is False,
}

REASONS: dict[str, Callable[[Trial], str]] = {
    "not counted": lambda trial: trial.here,
    "not to be taken back": lambda trial: trial.lost,
}


def table(runs: Sequence[Run]) -> str:
    """Return the figures as a Markdown table, with a line per project and major version."""
    rows = [HEADS, *(_figures(run) for run in runs)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def _figures(run: Run) -> tuple[str, ...]:
    tried = _counted(run.trials)
    calm = _possible(run.harmless)
    back = [trial for trial in tried if trial.repaired is not None]
    asked = any(trial.alembic for trial in (*tried, *calm))
    stock = [
        _count(tried, lambda trial: trial.alembic == DETECTED),
        _count((*tried, *calm), lambda trial: trial.alembic == CRASHED),
        _count(calm, lambda trial: trial.alembic == DETECTED),
    ]
    return (
        run.project,
        str(run.major),
        str(len({trial.kind for trial in tried})),
        str(len(tried)),
        _count(tried, lambda trial: trial.detected),
        _count(tried, lambda trial: trial.named),
        _count(tried, lambda trial: trial.coded),
        f"{_count(back, lambda trial: trial.repaired is True)} of {len(back)}",
        str(len(calm)),
        _count(calm, lambda trial: trial.detected),
        *(stock if asked else ["-"] * 3),
    )


def misses(runs: Iterable[Run]) -> str:
    """Return the changes that the check handled wrongly, by kind."""
    parts = []
    for title, is_one in MISSES.items():
        lines = _by_kind(
            (run, trial) for run in runs for trial in _counted(run.trials) if is_one(trial)
        )
        parts.append(_section(title, lines))
    alarms = _by_kind((run, trial) for run in runs for trial in run.harmless if trial.detected)
    parts.append(_section("false alarms", alarms))
    for title, reason in REASONS.items():
        parts.append(_section(title, _by_reason(runs, reason)))
    refused = [
        f"  {trial.kind}: {trial.statement} → {trial.impossible}"
        for run in runs
        for trial in (*run.trials, *run.harmless)
        if trial.impossible
    ]
    parts.append(_section("refused by the server", refused))
    before = [f"  {run.project} {run.major}: {found}" for run in runs for found in run.before]
    parts.append(_section("found before anything was changed", before))
    return "\n".join(filter(None, parts))


def as_json(runs: Iterable[Run]) -> list[dict[str, object]]:
    return [asdict(run) for run in runs]


def _by_kind(cases: Iterable[tuple[Run, Trial]]) -> list[str]:
    found: dict[str, list[str]] = defaultdict(list)
    for run, trial in cases:
        if not trial.impossible:
            found[trial.kind].append(f"{run.project} {run.major}")
    return [
        f"  {kind}: {len(where)} ({', '.join(sorted(set(where)))})" for kind, where in found.items()
    ]


def _by_reason(runs: Iterable[Run], reason: Callable[[Trial], str]) -> list[str]:
    found: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        for trial in _possible(run.trials):
            if reason(trial):
                found[reason(trial)].add(trial.kind)
    return [f"  {why}: {', '.join(sorted(kinds))}" for why, kinds in sorted(found.items())]


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"\n{title}: {len(lines)}", *lines]) if lines else ""


def _possible(trials: Iterable[Trial]) -> list[Trial]:
    return [trial for trial in trials if not trial.impossible]


def _counted(trials: Iterable[Trial]) -> list[Trial]:
    """Leave out changes that the server refused, and those in which environments may differ."""
    return [trial for trial in _possible(trials) if not trial.here]


def _count(trials: Iterable[Trial], is_one: Callable[[Trial], bool]) -> str:
    return str(sum(map(is_one, trials)))
