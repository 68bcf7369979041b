"""The project's Python as a child that is asked, by a pipe of its own.

What the project prints goes to a log file. Whatever it does (it ends, hangs, prints, writes to
anything that is open), what was asked is answered or is one error that names the log.
"""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from schemaproof.errors import ProjectCodeError
from schemaproof.probe.child_output import new_log, standard_error

_START: Final = Path(__file__).with_name("start.py")
_PATIENCE: Final = 5.0  # seconds for a child that has been told that there is nothing more to do
_SHOWN: Final = 3  # lines of the log


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCode:
    """The project's code and its Python.

    Attributes:
        python: The project's Python.
        folder: The folder in which Alembic is called.
        ini: Alembic's configuration file; it need not exist.
        toml: The project's pyproject.toml.
        script_location: The folder of env.py.
        folders: Where its modules are looked for.
        metadata: Where the models are, each as ``module:attribute``.
        objects: What is declared beside the tables, each as ``module:attribute``.
        x: What ``env.py`` finds by ``context.get_x_argument()``.
        variables: Environment variables that name the database.
    """

    python: Path
    folder: Path
    ini: Path
    toml: Path
    script_location: Path
    folders: Sequence[Path]
    metadata: Sequence[str]
    objects: Sequence[str] = ()
    x: Sequence[str] = ()
    variables: Sequence[str] = ()

    def described(self) -> dict[str, Any]:
        """Return what the child is told first."""
        given = asdict(self)
        del given["python"], given["folder"]
        return {
            name: str(value) if isinstance(value, Path) else [str(one) for one in value]
            for name, value in given.items()
        }


class RefusedError(Exception):
    """The project's code failed at a request.

    Attributes:
        kind: Which failure it is.
        message: One line.
        details: What else is known.
    """

    def __init__(self, kind: str, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.details = details


@dataclass(eq=False)
class Probe:
    """The child: started when it is first asked, ended with the block.

    Attributes:
        code: The project's code.
        told: Handed what is told before an answer. With it what the project prints goes to the
            standard error and not to a log, and it is told to end, and waited for, when whoever
            asks is interrupted.
    """

    code: ProjectCode
    told: Callable[[dict[str, Any]], None] | None = None
    _process: subprocess.Popen[bytes] | None = None
    _to_child: IO[bytes] | None = None
    _from_child: IO[bytes] | None = None
    _log: Path | None = None
    _is_log_of_interest: bool = field(default=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end(at_once=kind is not None)

    def ask(self, do: str, **given: Any) -> Any:
        """Ask for something, and wait for the answer.

        Raises:
            RefusedError: The project's code cannot do it.
            ProjectCodeError: The child has ended without an answer.
        """
        if self._process is None:
            self._start()
        try:
            answer = self._answered({"do": do, **given})
        except BaseException:
            self._interrupt()
            raise
        error = answer.get("error")
        if error is None:
            return answer["ok"]
        self._is_log_of_interest = True
        if error["kind"] == "ended":
            raise self._ended(do, error["message"])
        raise RefusedError(error.pop("kind"), error.pop("message"), error)

    def where(self) -> str:
        """Return the location of the full error."""
        return f"the log is {self._log}"

    def _start(self) -> None:
        log, self._log = new_log() if self.told is None else standard_error()
        their_input, ours = os.pipe()
        theirs, our_input = os.pipe()[::-1]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the project's own Python
                [str(self.code.python), str(_START), str(their_input), str(theirs)],
                cwd=self.code.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(their_input, theirs),
                start_new_session=True,
            )
        except OSError as error:
            os.close(ours)
            os.close(our_input)
            raise ProjectCodeError(
                f"{self.code.python} cannot be started: {error.strerror}",
                remedy="name the project's Python: python in [tool.schemaproof]",
            ) from error
        finally:
            for descriptor in (log, their_input, theirs):
                os.close(descriptor)
        self._to_child = os.fdopen(ours, "wb", buffering=0)
        self._from_child = os.fdopen(our_input, "rb")
        self._send(self.code.described())

    def _answered(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self._send(request)
        while True:
            line = self._from_child.readline() if self._from_child else b""
            try:
                answer: dict[str, Any] = json.loads(line)
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
                while self._from_child and "event" in json.loads(self._from_child.readline()):
                    pass

    def _send(self, request: Mapping[str, Any]) -> None:
        # A child that has gone is noticed when its answer is read.
        with suppress(BrokenPipeError):
            if self._to_child:
                self._to_child.write(json.dumps(request).encode("ascii") + b"\n")

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
        self._is_log_of_interest = True
        text = self._log.read_text("utf-8", "replace") if self._log else ""
        last = " / ".join(line.strip() for line in text.strip().splitlines()[-_SHOWN:])
        ended = f"; its last output: {last}" if last else ""
        return ProjectCodeError(
            f"the project's Python ({self.code.python}) {ending} while it was asked for {do}{ended}"
            + (f" (log: {self._log})" if self._log else ""),
            remedy="see what its code does when it is imported, and env.py when it is run",
        )

    def _end(self, *, at_once: bool) -> None:
        process = self._process
        if process is not None:
            for pipe in (self._to_child, self._from_child):
                if pipe:
                    pipe.close()
            if not at_once:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_PATIENCE)
            # The whole group: what it has forked, or started, ends with it.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._process = None
        if self._log and not self._is_log_of_interest:
            self._log.unlink(missing_ok=True)
