"""Write the generated parts of the pages, and the table of all codes."""

from contextlib import closing

from schemaproof_testing.corpus import outcomes
from schemaproof_testing.servers import SUPPORTED, Servers
from tests.docs.findings.examples import examples
from tests.docs.findings.pages import TABLE, pages, table, whole_page

if __name__ == "__main__":
    with closing(Servers()) as servers:
        shown = examples(outcomes(servers.get(SUPPORTED[-1])))
    for path in pages():
        text = path.read_text("utf-8") if path.exists() else ""
        path.write_text(whole_page(path, text, shown), "utf-8")
    TABLE.write_text(table(), "utf-8")
