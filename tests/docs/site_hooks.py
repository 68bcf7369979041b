"""Hooks for MkDocs: old addresses of findings, and files outside of docs/.

mkdocs.yml names this module; `make docs` builds the site.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from tests.docs.findings.pages import pages

_OUTSIDE = re.compile(r"\]\(\.\./([\w./-]+)")


def _copied_to(name: str) -> str:
    """Return the address of a file of the repository; a Markdown file becomes a page."""
    return name.lower() if name.endswith(".md") else f"repository/{name}".replace("/.", "/")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Redirect findings/CODE.html to the section of the code."""
    config.plugins["redirects"].config["redirect_maps"] |= {
        f"findings/{code}.md": f"findings/{path.name}#{code}"
        for path, codes in pages().items()
        for code in codes
    }
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files of the repository that pages of docs/ link to."""
    root = Path(config.config_file_path).parent
    names = {
        name
        for page in (root / "docs").glob("*.md")
        for name in _OUTSIDE.findall(page.read_text("utf-8"))
    }
    for name in sorted(names):
        files.append(File.generated(config, _copied_to(name), abs_src_path=str(root / name)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Change links to these files into links to their copies, and the links in the copies."""
    if page.file.generated_by:
        return markdown.replace("](docs/", "](")
    if "/" in page.file.src_uri:
        return markdown
    return _OUTSIDE.sub(lambda found: f"]({_copied_to(found[1])}", markdown)


def on_post_page(output: str, **_: object) -> str:
    """Give the dialog of the search a name for screen readers."""
    dialog = '<div class="md-search" data-md-component="search" role="dialog"'
    return output.replace(dialog, f'{dialog} aria-label="Search"')
