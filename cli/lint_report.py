"""The findings of ``monps-db lint``: text for people; JSON, SARIF and GitHub for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from introspection.render.text import one_line
from migrations.safety.findings import Level, LintFinding


def as_text(found: Sequence[LintFinding], root: Path) -> str:
    """Write a line for each, as compilers do, and what to do about it."""
    lines = []
    for one in found:
        where = f"{_shown(one.path, root)}:{one.line}"
        lines.append(f"{where}: {one.level} {one.rule}: {one_line(one.message)}")
        if one.remedy:
            lines.append(f"    {one_line(one.remedy)}")
    errors = sum(one.level is Level.ERROR for one in found)
    lines.append(f"{errors} errors, {len(found) - errors} warnings" if found else "nothing to say")
    return "\n".join(lines)


def as_json(found: Sequence[LintFinding], root: Path) -> str:
    """Write all attributes."""
    return json.dumps(
        {
            "findings": [
                {
                    "rule": one.rule,
                    "level": one.level.value,
                    "revision": one.revision,
                    "file": _shown(one.path, root),
                    "line": one.line,
                    "message": one.message,
                    "remedy": one.remedy,
                }
                for one in found
            ]
        },
        indent=2,
        ensure_ascii=False,
    )


def as_github(found: Sequence[LintFinding], root: Path) -> str:
    """Write workflow commands, which GitHub shows beside the lines."""
    return "\n".join(
        f"::{one.level.value} file={_property(_shown(one.path, root))},line={one.line},"
        f"title={_property(one.rule)}::{_data(f'{one.message} {one.remedy}'.strip())}"
        for one in found
    )


def as_sarif(found: Sequence[LintFinding], root: Path) -> str:
    """Write SARIF 2.1.0."""
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "monps-db lint",
                "rules": [{"id": rule} for rule in sorted({one.rule for one in found})],
            }
        },
        "results": [
            {
                "ruleId": one.rule,
                "level": one.level.value,
                "message": {"text": f"{one.message} {one.remedy}".strip()},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": _shown(one.path, root)},
                            "region": {"startLine": one.line},
                        }
                    }
                ],
            }
            for one in found
        ],
    }
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        },
        indent=2,
        ensure_ascii=False,
    )


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
