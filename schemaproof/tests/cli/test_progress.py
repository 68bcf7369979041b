"""Progress is shown on a terminal while a command works, and only there."""

import io
import os
import sys

import pytest

from schemaproof.cli import progress
from schemaproof_testing.terminal import open_terminal, read_terminal


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS", 0.0)


def wait_until_shown(shown: progress.Progress) -> None:
    assert shown._timer is not None
    shown._timer.join()


def on_terminal(monkeypatch: pytest.MonkeyPatch, *, paused: bool = False) -> str:
    """Return what a terminal shows during two steps."""
    controller, terminal = open_terminal()
    with os.fdopen(os.dup(terminal), "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        with progress.shown("applying revisions", 2) as shown:
            wait_until_shown(shown)
            shown.step("first \x1b[31m")
            if paused:
                with shown.paused():
                    stream.write("question?")
                    stream.flush()
                wait_until_shown(shown)
            shown.step("second")
        monkeypatch.undo()
    return read_terminal(controller, terminal)


def test_a_terminal_shows_what_is_done_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = on_terminal(monkeypatch)
    assert "applying revisions" in seen
    assert "second" in seen
    assert "2/2" in seen
    assert "\x1b[31m" not in seen.partition("first")[2][:8]


def test_a_question_has_the_terminal_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = on_terminal(monkeypatch, paused=True)
    before, after = seen.split("question?")
    assert "first" in before
    assert "second" in after


def test_a_pipe_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.shown("comparing") as shown:
        shown.step("done")
    assert stream.getvalue() == ""


def test_what_is_done_at_once_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS", 1000.0)
    controller, terminal = open_terminal()
    with os.fdopen(os.dup(terminal), "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        with progress.shown("comparing") as shown:
            shown.step("done")
        monkeypatch.undo()
    assert read_terminal(controller, terminal) == ""
