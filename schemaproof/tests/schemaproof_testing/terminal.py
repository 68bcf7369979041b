"""Pseudo-terminals, to read what a program shows to a person."""

import fcntl
import os
import pty
import struct
import termios


def open_terminal(width: int = 80) -> tuple[int, int]:
    """Open a terminal; return the end for the test, and the end for the program."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    return controller, terminal


def read_terminal(controller: int, terminal: int) -> str:
    """Close the program's end in this process, and read until no process has it open."""
    os.close(terminal)
    seen = b""
    try:
        while piece := os.read(controller, 4096):
            seen += piece
    except OSError:  # Linux raises this error when the last process has closed the terminal.
        pass
    os.close(controller)
    return seen.decode()
