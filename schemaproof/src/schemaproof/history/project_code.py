"""The folder of a project's code, and the Python that runs it."""

from schemaproof.history.alembic_options import import_paths, working_folder
from schemaproof.interpreter import Interpreter, find_interpreter
from schemaproof.probe.client import ProjectCode
from schemaproof.project import Project


def project_interpreter(project: Project) -> Interpreter:
    """Return the Python that the project's code runs with.

    Raises:
        ConfigurationError: The configured Python is not a program, or no Python with Alembic was
            found.
    """
    return find_interpreter(project.root, project.python, project.environ)


def project_code(project: Project) -> ProjectCode:
    """Return the paths by which the project's Python finds its code.

    Raises:
        ConfigurationError: The configured Python is not a program, or no Python with Alembic was
            found.
    """
    return ProjectCode(
        python=project_interpreter(project).path,
        folder=working_folder(project),
        ini=project.alembic_ini,
        ini_section=project.ini_section,
        attributes=[f"{name}={there}" for name, there in project.attributes],
        toml=project.pyproject,
        script_location=project.script_location,
        folders=import_paths(project),
        metadata=project.metadata,
        objects=project.objects,
        x=project.x_arguments,
        variables=_variables(project),
        target=next(iter(project.target), "head"),
    )


def _variables(project: Project) -> list[str]:
    """Return the variables in which env.py may look for its database."""
    named = [project.url] if project.url and ":" not in project.url else []
    return [*dict.fromkeys(["DATABASE_URL", *named, *project.database_variables])]
