"""docs/metrics.md and docs/watch.md list each metric as it is defined in the code."""

import pytest

from core.metrics import definitions
from core.metrics.definitions import Definition
from schemaproof.watch import metrics
from schemaproof_testing.project import ROOT


def row(each: Definition | metrics.Definition) -> str:
    labels = ", ".join(f"`{label}`" for label in each.labels)
    return f"| `{each.name}` | {each.kind} | {labels} | {each.unit} | {each.meaning} |"


@pytest.mark.parametrize(
    ("page", "begins", "made"),
    [
        ("metrics.md", "| `monps_", definitions.DEFINITIONS),
        ("watch.md", "| `schemaproof_", metrics.DEFINITIONS),
    ],
)
def test_the_page_has_each_metric_as_the_code_has_it(
    page: str, begins: str, made: tuple[Definition | metrics.Definition, ...]
) -> None:
    lines = (ROOT / "docs" / page).read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith(begins)] == [row(each) for each in made]
