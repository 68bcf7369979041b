"""Run random operations on repositories and a server, and compare with a model in plain Python.

    python -m bench.sequences --examples 10000 --workers 2

Each worker has a scratch database on the local server. The first sequence after which a table
differs from the model is reduced to a short one and printed; the exit code is then 1.
"""

import argparse
import multiprocessing
import time

from bench.sequences.worker import ROOT, run
from schemaproof.project import Project
from schemaproof.scratch.scratch import scratch_engine


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    begun = time.perf_counter()
    share, rest = divmod(given.examples, given.workers)
    shares = [share + (number < rest) for number in range(given.workers)]
    # The process that starts the local server also stops it. Here it is started before the workers,
    # so that the worker which finishes first does not stop it for the others.
    with (
        scratch_engine(Project(ROOT, ROOT)),
        multiprocessing.get_context("spawn").Pool(given.workers) as workers,
    ):
        operations = sum(workers.map(run, shares))
    took = time.perf_counter() - begun
    print(f"{given.examples:,} sequences, {operations:,} operations, {took:.0f} s: no difference")


if __name__ == "__main__":
    main()
