"""Alembic makes revisions of script.py.mako, which the wheel of a project may not bring."""

from pathlib import Path

import pytest

from schemaproof.errors import ConfigurationError
from schemaproof.history.revision_request import RevisionOptions
from schemaproof.history.write_revision import write_empty
from schemaproof.project import Project


def test_without_a_template_it_is_said_which_file_is_missing(tmp_path: Path) -> None:
    project = Project(root=tmp_path, script_location=tmp_path)
    with pytest.raises(ConfigurationError, match=r"script\.py\.mako is missing") as raised:
        write_empty(project, RevisionOptions(message="x"))
    assert "alembic/templates/generic" in str(raised.value.remedy)
