"""Measure whole processes in turn, so that changes in the machine's speed affect all of them."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A command, with its folder and environment."""

    name: str
    command: Sequence[str]
    folder: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    def seconds(self) -> float:
        start = time.perf_counter()
        subprocess.run(
            self.command,
            check=True,
            capture_output=True,
            cwd=self.folder,
            env={**_inherited(), **self.environ},
        )
        return time.perf_counter() - start


def _inherited() -> dict[str, str]:
    """Return the environment, in which programs write and use their bytecode as installed ones."""
    return {name: os.environ[name] for name in os.environ if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Timing:
    """The times of the first program and of each other program."""

    programs: Sequence[Program]
    rounds: Sequence[Sequence[float]]

    def lines(self) -> list[str]:
        times = list(zip(*self.rounds, strict=True))
        width = max(len(program.name) for program in self.programs)
        lines = []
        for program, seconds in zip(self.programs, times, strict=True):
            line = f"{program.name:<{width}}  {statistics.median(seconds):7.3f} s"
            if program is not self.programs[0]:
                ratios = [one / other for one, other in zip(times[0], seconds, strict=True)]
                line += (
                    f"  ratio {statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f})"
                )
            lines.append(line)
        return lines


def timed(programs: Sequence[Program], rounds: int) -> Timing:
    """Run all programs in turn, after one round to warm up."""
    for program in programs:
        program.seconds()
    return Timing(programs, [[each.seconds() for each in programs] for _ in range(rounds)])
