"""Write what the registry and the corpus say into the pages, and list them in docs/checking.md."""

from contextlib import closing

from schemaproof.findings.codes import CODES
from schemaproof_testing.corpus import outcomes
from schemaproof_testing.servers import SUPPORTED, Servers
from tests.docs.findings.pages import FOLDER, LIST, examples, whole_page, with_table

if __name__ == "__main__":
    with closing(Servers()) as servers:
        shown = examples(outcomes(servers.get(SUPPORTED[-1])))
    for code in CODES:
        page = FOLDER / f"{code}.md"
        page.write_text(whole_page(code, page.read_text("utf-8"), shown), "utf-8")
    LIST.write_text(with_table(LIST.read_text("utf-8")), "utf-8")
