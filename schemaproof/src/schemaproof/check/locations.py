"""Locate findings: the line of the model or revision that declares an object."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

from schemaproof.errors import SchemaproofError
from schemaproof.findings.findings import Finding, Report
from schemaproof.findings.location import located
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.revision_lines import RevisionLines, read_lines
from schemaproof.project_file import repository
from schemaproof.schema.paths import ObjectPath

Location: TypeAlias = tuple[Path, int]


def with_locations(report: Report, probe: ProjectProbe) -> Report:
    """Add to each finding the line that declares its object, unless the finding has a line.

    The project's own Python finds the lines of the models. If it cannot, only the lines of the
    revisions are added.
    """
    if all(finding.location for finding in report.findings):
        return report
    revisions: list[RevisionFile] = []
    models: dict[tuple[str, ...], Location] = {}
    with suppress(SchemaproofError):
        revisions = read_revisions(probe.project, probe)
        models = probe.declared_at()
    places = _Places(models, tuple(reversed(revisions)), cache(read_lines))
    root = probe.project.root.resolve()

    def with_location(finding: Finding) -> Finding:
        path, line = (not finding.location and places.declared_at(finding.path)) or (None, 0)
        # A line in an installed package does not belong to the project.
        if path is None or not path.resolve().is_relative_to(repository(root)):
            return finding
        return replace(finding, location=located(path.resolve(), root, line))

    return replace(report, findings=tuple(map(with_location, report.findings)))


@dataclass(frozen=True, slots=True)
class _Places:
    """The places where models and revisions declare objects.

    Attributes:
        models: The file and line in the models, by the names of an object.
        revisions: All revisions, the newest first.
        lines: The function that reads the lines of a revision's file.
    """

    models: Mapping[tuple[str, ...], Location]
    revisions: tuple[RevisionFile, ...]
    lines: Callable[[Path], RevisionLines]

    def declared_at(self, path: ObjectPath) -> Location | None:
        """Return the line of the model or the revision that declares an object."""
        for revision in self.revisions:
            if revision.id == path:
                return revision.path, self.lines(revision.path).upgrade
        return (
            self.models.get(path.names)
            or self._by_given_name(path.names)
            # An object that the models do not declare, or no longer declare, may come from a
            # revision.
            or self._in_revision(path.names)
            or self.models.get(path.object)
        )

    def _by_given_name(self, names: tuple[str, ...]) -> Location | None:
        """Find a constraint or an index by its generated name, such as ``customer_name_key``."""
        found = [
            (len(column), place)
            for (schema, *table, column), place in self.models.items()
            if schema == names[0] and table and names[-1].startswith(f"{table[0]}_{column}_")
        ]
        return max(found)[1] if found else None

    def _in_revision(self, names: tuple[str, ...]) -> Location | None:
        if not names[1:]:
            # The name of an object that belongs to no schema may be an ordinary word, which the
            # files of revisions contain elsewhere, too.
            return None
        for revision in self.revisions:
            line = self.lines(revision.path).line_naming(names[1:])
            if line is not None:
                return revision.path, line
        return None
