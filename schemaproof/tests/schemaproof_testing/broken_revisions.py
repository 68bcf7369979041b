"""Revision files with one fault each."""

from pathlib import Path
from typing import Final

from schemaproof.project import Project

UPGRADE: Final = "\n\ndef upgrade():\n    pass\n"
HEAD: Final = (
    '"""Revision {id}."""\n\nrevision = "{id}"\n'
    "down_revision = {follows!r}\ndepends_on = {needs!r}\n"
)


def text(
    id_: str, follows: object = None, body: str = UPGRADE, *, needs: object = None, above: str = ""
) -> str:
    return above + HEAD.format(id=id_, follows=follows, needs=needs) + body


GOOD: Final = {"a1_first.py": text("a1"), "a2_second.py": text("a2", "a1")}
MARKERS: Final = "\n<<<<<<< HEAD\nX = 1\n=======\nX = 2\n>>>>>>> other\n"
IN_A_TEXT: Final = f'\n\ndef upgrade():\n    op.execute("""{MARKERS}""")\n'
FAULTS: Final[dict[str, tuple[dict[str, str], str]]] = {
    "duplicate": (
        {"z.py": text("a2", "a1")},
        "z.py:3: a2_second.py has the revision id a2, too: ",
    ),
    "parent": (
        {"b.py": text("b1", "gone")},
        "b.py:4: down_revision is gone, and no file has that revision: Restore",
    ),
    "one parent of two": (
        {"b.py": text("b1", ("a2", "gone"))},
        "b.py:4: down_revision is gone, and",
    ),
    "dependency": (
        {"b.py": text("b1", "a2", needs="gone")},
        "b.py:5: depends_on is gone, and no file has that revision: Restore",
    ),
    "markers": (
        {"b.py": text("b1", "a2", MARKERS + UPGRADE)},
        "b.py:7: it contains <<<<<<<, a conflict marker of a merge: Finish the merge",
    ),
    "markers in a text": (
        {"b.py": text("b1", "a2", IN_A_TEXT)},
        "b.py:10: it contains <<<<<<<, a conflict marker of a merge: Finish the merge",
    ),
    "syntax": (
        {"b.py": text("b1", "a2", "\n\ndef upgrade(:\n    pass\n")},
        "b.py:8: SyntaxError: ",
    ),
    "import": (
        {"b.py": text("b1", "a2", above="import no_such_module\n")},
        "b.py:1: ModuleNotFoundError: No module named 'no_such_module': Correct the file",
    ),
    "name": (
        {"b.py": text("b1", "a2", "from os import nothing_such\n" + UPGRADE)},
        "b.py:6: ImportError: cannot import name 'nothing_such'",
    ),
    "raises": (
        {"b.py": text("b1", "a2", '\nraise LookupError("no\\nway")\n' + UPGRADE)},
        "b.py:7: LookupError: no way: Correct the file",
    ),
    "exits": (
        {"b.py": text("b1", "a2", "\nraise SystemExit(3)\n" + UPGRADE)},
        "b.py:7: SystemExit: 3: Correct the file",
    ),
    "circle": (
        {"b.py": text("b1", "b2"), "c.py": text("b2", "b1")},
        "b.py:4: revisions follow each other in a circle: b1, b2: Correct down_revision",
    ),
    "itself": (
        {"b.py": text("b1", "b1")},
        "b.py:4: revisions follow each other in a circle: b1: Correct",
    ),
    "upgrade": (
        {"b.py": text("b1", "a2", "\n\ndef downgrade():\n    pass\n")},
        "b.py:1: it has no function upgrade: Correct the file",
    ),
    "id": (
        {"z.py": "down_revision = None\n" + UPGRADE},
        "z.py:1: it assigns no text to revision, its id: Correct the file",
    ),
    "bytes": ({"b.py": "\0"}, "b.py:1: "),
    "nobody's link": ({}, "b.py:1: it cannot be read: No such file or directory: Correct"),
}


def broken(folder: Path, *names: str) -> list[str]:
    """Write valid and faulty revisions; return the beginning of each fault's line."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in GOOD.items():
        (folder / name).write_text(content, "utf-8")
    lines = []
    for number, one in enumerate(names):
        files, begins = FAULTS[one]
        for name, content in files.items():
            other = content.replace('"b1"', f'"b1{number}"') if number else content
            (folder / f"{name[0]}{number}.py").write_text(other, "utf-8")
        if not files:
            (folder / f"b{number}.py").symlink_to("nowhere")
        lines.append(f"{begins[0]}{number}{begins[1:]}")
    return lines


def project_in(root: Path) -> Project:
    (root / "migrations").mkdir(exist_ok=True)
    (root / "migrations" / "env.py").write_text("", "utf-8")
    (root / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n", "utf-8")
    return Project(root, root / "migrations")
