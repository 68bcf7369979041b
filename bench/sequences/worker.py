"""Run sequences on a scratch database, in one worker."""

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from bench.scale_project import database_url
from bench.sequences.machine import Sequences
from models import Base
from schemaproof.project import Project
from schemaproof.scratch.scratch import scratch_engine

ROOT = Path(__file__).parents[2]
STEPS = 15


def run(examples: int) -> int:
    """Run a number of sequences; return how many operations they had."""
    with scratch_engine(Project(ROOT, ROOT)) as scratch:
        Base.metadata.create_all(scratch)
        # The database need not survive a power failure.
        options = {"options": "-c synchronous_commit=off -c lock_timeout=20s"}
        engine = create_engine(database_url(scratch), connect_args=options)

        class Machine(Sequences):
            sessions = sessionmaker(engine, expire_on_commit=False)

        try:
            run_state_machine_as_test(Machine, settings=with_steps(examples, STEPS))
        finally:
            engine.dispose()
        return Machine.operations


def with_steps(examples: int, steps: int) -> settings:
    """Return hypothesis's settings for a number of sequences of limited length."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
