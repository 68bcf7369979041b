"""Write the table of docs/projects.md, and the details below it."""

from collections.abc import Iterable, Iterator, Sequence

from bench.projects.programs import Ran
from bench.projects.subjects import Subject
from bench.projects.trial import Trial

HEAD = (
    *("project", "release", "revisions", "own upgrade", "snapshot", "check", "again"),
    *("false", "true", "Alembic", "revision", "found", "Alembic: new", "repaired"),
    *("lint", "plan"),
)


def table(trials: Sequence[Trial], subjects: dict[str, Subject]) -> str:
    """Return the table in Markdown."""
    rows = [_row(trial, subjects[trial.name]) for trial in trials]
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def speed(name: str, own: Ran, snapshot: Ran) -> str:
    """Return the times of the own upgrade and of the first snapshot, or why one of them failed."""
    for step, ran in (("own upgrade", own), ("snapshot", snapshot)):
        if ran.code:
            return f"{name}: {step} fails: {ran.last_words}"
    ratio = snapshot.seconds / own.seconds
    return (
        f"{name}: own upgrade {own.seconds:.1f} s, snapshot {snapshot.seconds:.1f} s"
        f" ({ratio:.1f} times)"
    )


def details(trials: Iterable[Trial], subjects: dict[str, Subject]) -> str:
    """Return the findings of each project, and the failed steps."""
    return "\n".join(line for one in trials for line in _outcome(one, subjects[one.name]))


def verdict(finding: str, subject: Subject) -> str | None:
    """Return the judgement on a finding after reading the project's code; None without one."""
    return next(
        (failures for start, failures in subject.read.items() if finding.startswith(start)), None
    )


def _row(trial: Trial, subject: Subject) -> Iterator[str]:
    found = [verdict(_written(one), subject) for one in trial.findings]
    true = sum(verdict is not None and verdict.startswith("true") for verdict in found)
    yield trial.name
    yield trial.version
    yield str(trial.revisions or "-")
    for step in ("own upgrade", "snapshot", "check", "check again"):
        yield _time(trial, step)
    yield str(len(found) - true) if "check" in trial.codes else "-"
    yield str(true) if "check" in trial.codes else "-"
    yield "-" if trial.alembic is None else str(len(trial.alembic))
    yield _revision(trial)
    changed = len(trial.changes)
    yield f"{sum(one[2] for one in trial.changes)} of {changed}" if changed else "-"
    yield "-" if trial.alembic_found is None else str(trial.alembic_found)
    yield _repaired(trial)
    yield _time(trial, "lint")
    yield _time(trial, "plan")


def _time(trial: Trial, step: str) -> str:
    if step not in trial.seconds:
        return "-"
    return f"{trial.seconds[step]:.1f} s" if step not in trial.failures else "fails"


def _revision(trial: Trial) -> str:
    if "revision" not in trial.codes or "revision" in trial.failures:
        return "fails" if "revision" in trial.codes else "-"
    return "nothing" if trial.written is None else "wrote one"


def _repaired(trial: Trial) -> str:
    if "check of the repair" not in trial.codes:
        return "-"
    if "repair" in trial.failures:
        return "fails"
    return "all" if not trial.left else f"all but {len(trial.left)}"


def _outcome(trial: Trial, subject: Subject) -> Iterator[str]:
    yield f"\n{trial.name} {trial.version}"
    yield f"  exit codes: {', '.join(f'{step} {code}' for step, code in trial.codes.items())}"
    for step, words in trial.failures.items():
        yield f"  {step}: {words}"
    for one in trial.findings:
        written = _written(one)
        yield f"  {written}: {verdict(written, subject) or 'not read yet'}"
        yield f"      expected {one.get('expected')}, actual {one.get('actual')}"
    yield from (f"  Alembic: {one}" for one in trial.alembic or ())
    if trial.written:
        yield from (f"    {line}" for line in trial.written.splitlines())
    for kind, statement, is_found in trial.changes:
        if not is_found:
            yield f"  not found: {kind}: {statement}"
    yield from (f"  not repaired: {one}" for one in trial.left)
    if trial.linted:
        yield f"  lint: {', '.join(f'{rule} {count}' for rule, count in trial.linted.items())}"


def _written(finding: object) -> str:
    assert isinstance(finding, dict)
    return f"{finding['kind']} {finding['code']} {finding['path']}"
