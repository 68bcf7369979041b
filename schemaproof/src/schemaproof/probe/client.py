"""The client side of the child process that runs the project's Python.

The output of the project goes to a log file. The project's code may end the process, print, or
write to any open file: each request is still answered, or fails with one error that names the log.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from schemaproof.errors import ProjectCodeError
from schemaproof.probe.child_output import new_log, standard_error
from schemaproof.probe.pipes import Pipes

_START: Final = Path(__file__).with_name("start.py")
_PATIENCE: Final = 5.0  # A child that was told to end has this many seconds.
_TWINS: Final = 2  # A child can be copied this often.
_SHOWN: Final = 3  # An error shows this many lines of the log.


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCode:
    """The project's code and its Python.

    Attributes:
        python: The project's Python.
        folder: The folder in which Alembic is called.
        ini: Alembic's configuration file; it need not exist.
        ini_section: The section of that file.
        attributes: The values of ``config.attributes`` for env.py, as ``name=module:attribute``.
        toml: The project's pyproject.toml.
        script_location: The folder of env.py.
        folders: The folders in which its modules are looked for.
        metadata: The ``MetaData`` of the models, each as ``module:attribute``.
        objects: Objects that are declared beside the tables, as ``module:attribute``.
        x: The values of ``context.get_x_argument()`` for env.py.
        variables: Environment variables that name the database.
        target: The target revision that env.py gets when it runs without applying a revision.
    """

    python: Path
    folder: Path
    ini: Path
    toml: Path
    script_location: Path
    folders: Sequence[Path]
    metadata: Sequence[str]
    objects: Sequence[str] = ()
    ini_section: str = "alembic"
    attributes: Sequence[str] = ()
    x: Sequence[str] = ()
    variables: Sequence[str] = ()
    target: str = "head"

    def described(self) -> dict[str, Any]:
        """Return the first message to the child."""
        given = asdict(self)
        del given["python"], given["folder"]
        return {
            name: str(value) if isinstance(value, (Path, str)) else [str(one) for one in value]
            for name, value in given.items()
        }


class RefusedError(Exception):
    """The project's code failed at a request.

    Attributes:
        kind: The kind of failure.
        message: The reason, in one line.
        details: Further facts about the failure, by their names.
    """

    def __init__(self, kind: str, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.details = details


@dataclass(eq=False)
class Probe:
    """The child process: started on the first request, ended with the block.

    Attributes:
        code: The project's code.
        told: The function to call with each event that the child sends before its answer. If there
            is one, the output of the project goes to the standard error and not to a log, and an
            interruption of the caller ends the child and waits until it has cleaned up.
        pipes: The pipes for requests and answers; None before the child is started.
        is_log_of_interest: Whether the log is kept.
    """

    code: ProjectCode
    told: Callable[[dict[str, Any]], None] | None = None
    _process: subprocess.Popen[bytes] | None = None
    pipes: Pipes | None = None
    _log: Path | None = None
    is_log_of_interest: bool = False
    _twins: list[Probe] = field(default_factory=list)
    _copied: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._end(at_once=kind is not None)

    def ask(self, do: str, **given: Any) -> Any:
        """Send a request, and wait for the answer.

        Raises:
            RefusedError: The project's code cannot answer the request.
            ProjectCodeError: The child has ended without an answer.
        """
        pipes = self.pipes or self._start()
        try:
            answer = self._answered(pipes, {"do": do, **given})
        except BaseException:
            self._interrupt()
            raise
        error = answer.get("error")
        if error is None:
            return answer["ok"]
        self.is_log_of_interest = True
        if error["kind"] == "ended":
            raise self._ended(do, error["message"])
        raise RefusedError(error.pop("kind"), error.pop("message"), error)

    def twin(self) -> Probe:
        """Return another child for parallel requests, which has loaded the same modules.

        It ends with this one; there are at most two.

        Raises:
            RefusedError: The project's code cannot be loaded.
            ProjectCodeError: This child has ended without an answer.
        """
        self.ask("twin")
        if not self._twins:
            raise self._ended("twin", self._ending())
        self._copied += 1
        return self._twins[self._copied - 1]

    def end(self) -> None:
        """End the child at once, and its twins; the next request starts a new one."""
        self._end(at_once=True)

    def where(self) -> str:
        """Return the location of the full error."""
        return f"the log is {self._log}"

    def _start(self) -> Pipes:
        log, self._log = new_log() if self.told is None else standard_error()
        made = [Pipes.made() for _ in range(1 + _TWINS)]
        (pipes, _), *twins = made
        descriptors = [descriptor for _, theirs in made for descriptor in theirs]
        try:
            process = subprocess.Popen(  # noqa: S603 - the project's own Python
                [str(self.code.python), str(_START), *map(str, descriptors)],
                cwd=self.code.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=descriptors,
                start_new_session=True,
            )
        except OSError as error:
            for ours, _ in made:
                ours.close()
            raise ProjectCodeError(
                f"{self.code.python} cannot be started: {error.strerror}",
                remedy="name the project's Python: python in [tool.schemaproof]",
            ) from error
        finally:
            for descriptor in (log, *descriptors):
                os.close(descriptor)
        self._process, self.pipes = process, pipes
        self._copied = 0
        self._twins = [Probe(self.code, None, process, ours, self._log) for ours, _ in twins]
        pipes.send(self.code.described())
        return pipes

    def _answered(self, pipes: Pipes, request: Mapping[str, Any]) -> dict[str, Any]:
        pipes.send(request)
        while True:
            try:
                answer = pipes.answer()
            except ValueError:
                raise self._ended(str(request["do"]), self._ending()) from None
            if "event" not in answer:
                return answer
            if self.told is not None:
                self.told(answer["event"])

    def _interrupt(self) -> None:
        """Interrupt the child, and wait until it has cleaned up."""
        if self.told is not None and self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with suppress(ValueError, OSError):
                while self.pipes and "event" in self.pipes.answer():
                    pass

    def _ending(self) -> str:
        process = self._process
        if process is None:
            return "was not started"
        with suppress(subprocess.TimeoutExpired):
            status = process.wait(_PATIENCE)
            if status < 0:
                return f"was ended by {signal.Signals(-status).name}"
            return f"ended with exit status {status}"
        return "closed its end of the pipe"

    def _ended(self, do: str, ending: str) -> ProjectCodeError:
        self.is_log_of_interest = True
        text = self._log.read_text("utf-8", "replace") if self._log else ""
        last = " / ".join(line.strip() for line in text.strip().splitlines()[-_SHOWN:])
        ended = f"; its last output: {last}" if last else ""
        return ProjectCodeError(
            f"the project's Python ({self.code.python}) {ending} while it was asked for {do}{ended}"
            + (f" (log: {self._log})" if self._log else ""),
            remedy="look for the code of the project or of env.py that ends the process",
        )

    def _end(self, *, at_once: bool) -> None:
        process, twins = self._process, self._twins
        if process is not None:
            for one in (self, *twins):
                if one.pipes is not None:
                    one.pipes.close()
                self.is_log_of_interest |= one.is_log_of_interest
            if not at_once:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_PATIENCE)
            # The whole process group is killed, so that everything the child has started ends with
            # it.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._process, self.pipes, self._twins = None, None, []
        if self._log and not self.is_log_of_interest:
            self._log.unlink(missing_ok=True)
