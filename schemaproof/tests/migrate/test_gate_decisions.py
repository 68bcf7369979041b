"""Which differences the gate allows before a migration, and which after a revision."""

from dataclasses import replace
from datetime import date

import pytest

from schemaproof.check.live_diff import State
from schemaproof.errors import ConfigurationError, MigrationRefusedError
from schemaproof.findings.baseline import Entry
from schemaproof.findings.findings import Kind, Report
from schemaproof.migrate import gate
from schemaproof.migrate.accepted import Accepted
from schemaproof.migrate.gate import Before, Policy
from schemaproof.migrate.gate_overrides import GateOverrides, make_overrides
from schemaproof.schema.database_objects import Relation
from schemaproof.schema.paths import ObjectPath
from schemaproof_testing.findings import make_finding
from schemaproof_testing.states import schema, state, table

NOTHING_ACCEPTED = Accepted(entries=(), head=None, managed=["ours"], today=date(2026, 11, 30))
ONE = schema(table("a", "x"))
TWO = schema(table("a", "x", "y"))
DRIFTED = state(ONE, TWO)


def decide(policy: Policy, before: Before, after: State) -> list[str]:
    decision = gate.decide(policy, before, after, NOTHING_ACCEPTED)
    return [finding.path for finding in decision.refused]


@pytest.mark.parametrize(
    ("before", "now", "new", "strict"),
    [
        pytest.param(Before(), DRIFTED, ["ours.a.y"], ["ours.a.y"], id="nobody knows of it"),
        pytest.param(
            Before(known=DRIFTED.report.findings), DRIFTED, [], ["ours.a.y"], id="the ledger knows"
        ),
        pytest.param(
            Before(ahead=state(TWO, TWO)), DRIFTED, [], [], id="the next revision makes it so"
        ),
        pytest.param(
            Before(ahead=state(schema(table("a", "x", "z")), TWO)),
            DRIFTED,
            ["ours.a.y"],
            ["ours.a.y"],
            id="the next revision makes something else",
        ),
        pytest.param(
            Before(ahead=DRIFTED, interrupted="ALTER a ADD y"), DRIFTED, [], [], id="a kill left it"
        ),
        pytest.param(
            Before(ahead=DRIFTED, interrupted="ALTER a ADD my_y"),
            DRIFTED,
            ["ours.a.y"],
            ["ours.a.y"],
            id="the next revision commits in between, and names something else",
        ),
        pytest.param(
            Before(ahead=state(schema(), schema())),
            DRIFTED,
            ["ours.a.y"],
            ["ours.a.y"],
            id="the next step drops it",
        ),
        pytest.param(
            Before(),
            state(ONE, schema(table("a", "x"), table("b"))),
            [],
            ["ours.b"],
            id="an object that no model knows",
        ),
        pytest.param(Before(), state(TWO, TWO), [], [], id="nothing differs"),
    ],
)
def test_what_a_migration_may_begin_with(
    before: Before, now: State, new: list[str], strict: list[str]
) -> None:
    assert decide(Policy("new"), before, now) == new
    assert decide(Policy("strict"), before, now) == strict
    assert decide(Policy("off"), before, now) == []
    assert decide(Policy("strict", GateOverrides(frozenset({"drift"}), "why")), before, now) == []


@pytest.mark.parametrize("mode", ["new", "strict"])
@pytest.mark.parametrize(
    "code",
    [
        "table-privileges",
        "table-owner",
        "default-privileges-missing",
        "event-trigger-unexpected",
        "publication-unexpected",
    ],
)
def test_who_may_do_what_and_what_others_have_is_never_refused(code: str, mode: str) -> None:
    finding = make_finding(code, Kind.DRIFT, "ours.a", "app: SELECT", "another role: SELECT")
    now = replace(DRIFTED, report=Report((finding,), objects=1, attributes=1))
    assert decide(Policy(mode), Before(), now) == []


A, B = table("a", "x"), table("b", "x")
THEIRS, CHANGED = table("b", "theirs"), table("b", "theirs", "more")
A_DRIFTED, A_MORE = table("a", "x", "y"), table("a", "x", "y", "z")


@pytest.mark.parametrize(
    ("was", "was_expected", "now", "expected", "new", "strict"),
    [
        pytest.param([A], [A], [A_DRIFTED], [A_DRIFTED], [], [], id="as its snapshot says"),
        pytest.param([A], [A], [A], [A_DRIFTED], ["ours.a.y"], ["ours.a.y"], id="less"),
        pytest.param([A], [A], [A_MORE], [A_DRIFTED], ["ours.a.z"], ["ours.a.z"], id="more"),
        pytest.param([A], [A], [A], [A, B], ["ours.b"], ["ours.b"], id="no table"),
        pytest.param(
            [A, THEIRS],
            [A],
            [A, THEIRS],
            [A, B],
            [],
            ["ours.b.x"],
            id="a table that was there in another shape, left alone",
        ),
        pytest.param(
            [THEIRS],
            [],
            [CHANGED],
            [B],
            ["ours.b.more", "ours.b.x"],
            ["ours.b.more", "ours.b.x"],
            id="a table that was there in another shape, changed",
        ),
        pytest.param(
            [A_DRIFTED], [A], [A_DRIFTED, B], [A, B], [], ["ours.a.y"], id="drift known before"
        ),
        pytest.param(
            [A_DRIFTED],
            [A],
            [A_MORE],
            [table("a", "x", "z")],
            [],
            ["ours.a.y"],
            id="known drift of a table that is changed elsewhere",
        ),
    ],
)
def test_what_a_revision_may_leave_behind(
    was: list[Relation],
    was_expected: list[Relation],
    now: list[Relation],
    expected: list[Relation],
    new: list[str],
    strict: list[str],
) -> None:
    snapshot = schema(*expected)
    before = Before(
        known=state(schema(*was_expected), schema(*was)).report.findings,
        state=state(snapshot, schema(*was)),
        expected=schema(*was_expected),
    )
    after = state(snapshot, schema(*now))
    assert sorted(decide(Policy("new"), before, after)) == new
    assert sorted(decide(Policy("strict"), before, after)) == strict
    assert decide(Policy("off"), before, after) == []


def test_what_nobody_looked_at_before_is_not_held_against_a_revision_that_leaves_it() -> None:
    found = state(schema(B), schema(THEIRS))
    assert decide(Policy("new"), Before(state=found), found) == []


def test_what_the_baseline_accepts_is_not_refused_and_is_marked() -> None:
    [finding] = DRIFTED.report.findings
    entry = Entry(finding.code, finding.path, "theirs", finding.expected, finding.actual)
    accepted = replace(NOTHING_ACCEPTED, entries=[entry], head=ONE)
    decision = gate.decide(Policy("strict"), Before(), DRIFTED, accepted)
    assert decision.refused == ()
    assert [one.kind for one in decision.state.report.findings] == [Kind.ACCEPTED]


def test_a_refused_text_may_be_only_printed_differently() -> None:
    [difference] = DRIFTED.differences
    text = replace(DRIFTED, differences=(replace(difference, textual=True),))
    known = Before(known=DRIFTED.report.findings)
    policy = Policy("new")
    assert gate.decide(policy, Before(), text, NOTHING_ACCEPTED).refuses_texts
    assert not gate.decide(policy, known, text, NOTHING_ACCEPTED).refuses_texts
    assert not gate.decide(policy, Before(), DRIFTED, NOTHING_ACCEPTED).refuses_texts


def test_a_gate_that_is_off_needs_a_reason() -> None:
    with pytest.raises(ConfigurationError, match="needs a reason"):
        Policy("off").require_reason()
    Policy("off", GateOverrides(reason="why")).require_reason()
    Policy("strict").require_reason()


def test_a_refusal_names_the_worst_first_and_says_how_to_go_on() -> None:
    now = state(schema(table("a", "x"), table("b")), schema(table("a", "y")))
    with pytest.raises(MigrationRefusedError) as refusal:
        gate.refuse("drift", "out of step", now.report.findings)
    assert refusal.value.message == (
        "out of step: column-renamed ours.a.x (it is called y), table-missing ours.b"
    )
    assert "--allow drift --reason" in refusal.value.remedy
    assert "-x allow=drift -x reason=" in refusal.value.remedy


def test_a_refusal_counts_what_it_does_not_name() -> None:
    many = schema(*(table(f"t{number:02}") for number in range(12)))
    with pytest.raises(MigrationRefusedError, match=r"ours\.t09 and 2 more"):
        gate.refuse("drift", "x", state(many, schema()).report.findings)


def test_nothing_found_is_no_refusal() -> None:
    gate.refuse("drift", "x", [])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ours", ("ours",)),
        ("ours.a", ("ours", "a")),
        ("ours.a.x", ("ours", "a")),
        ('"Our ""own"".".a', ('Our "own".', "a")),
    ],
)
def test_the_object_of_a_path(path: str, expected: tuple[str, ...]) -> None:
    assert ObjectPath.parse(path).object == expected


def test_what_is_allowed_may_be_listed_or_repeated() -> None:
    overrides = make_overrides(["drift, heads", "lint"], " because ")
    assert (sorted(overrides.allowed), overrides.reason) == (["drift", "heads", "lint"], "because")


@pytest.mark.parametrize(
    ("allowed", "reason", "message"),
    [
        (["everything"], "x", "'everything' cannot be allowed"),
        (["drift"], None, "allowing drift needs a reason"),
        (["drift"], "  ", "allowing drift needs a reason"),
    ],
)
def test_overrides_that_cannot_be_granted(
    allowed: list[str], reason: str | None, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make_overrides(allowed, reason)
