"""docs/metrics.md has each metric as the code has it."""

from cli import schema_metrics
from core.metrics import definitions
from core.metrics.definitions import Definition
from schemaproof_testing.project import ROOT


def row(each: Definition) -> str:
    labels = ", ".join(f"`{label}`" for label in each.labels)
    return f"| `{each.name}` | {each.kind} | {labels} | {each.unit} | {each.meaning} |"


def test_the_page_has_each_metric_as_the_code_has_it() -> None:
    lines = (ROOT / "docs" / "metrics.md").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `monps_")] == [
        row(each) for each in (*definitions.DEFINITIONS, *schema_metrics.DEFINITIONS)
    ]
