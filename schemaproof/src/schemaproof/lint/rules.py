"""The linter's own rules, in addition to squawk's: condition, severity and remedy."""

from typing import Final, NamedTuple

from schemaproof.lint.findings import Level

LONG_LOCK_SECONDS: Final = 1.0


class Rule(NamedTuple):
    """A rule of the linter.

    Attributes:
        level: The level of its findings.
        meaning: The fault that the rule finds, and why it matters.
        remedy: The advice; empty when there is none.
        is_opinion: Whether the rule is about style and not about safety; it applies only if the
            project enables it (``lint-enable``).
    """

    level: Level
    meaning: str
    remedy: str
    is_opinion: bool = False


STATIC_RULES: Final = {
    "sql-unknown": Rule(
        Level.ERROR,
        "the SQL cannot be printed, so it was not analysed",
        "query the database in SQL, so that the SQL can be analysed beforehand and printed (--sql)",
    ),
    "sql-not-analysed": Rule(
        Level.WARNING,
        "PostgreSQL's parser (of 18) does not read a statement, so nothing is known of its locks",
        "read it, and try it on a copy of the database",
    ),
    "downgrade-missing": Rule(
        Level.ERROR,
        "the upgrade changes the schema and the downgrade does nothing",
        "write the downgrade; where rows are lost, say so in the revision",
    ),
    "data-loss-undeclared": Rule(
        Level.ERROR,
        "the downgrade drops a table or a column with its rows, and"
        " downgrade_loses does not say so",
        'say so in the revision: downgrade_loses = "..."',
        is_opinion=True,
    ),
    "application-import": Rule(
        Level.ERROR,
        "history is frozen, and application code changes",
        "import alembic and sqlalchemy only, and copy what is needed",
        is_opinion=True,
    ),
    "print-call": Rule(
        Level.WARNING,
        "print() writes into the scripts of --sql",
        "use RAISE WARNING in SQL: it is shown to whoever migrates",
    ),
    "transaction-control": Rule(
        Level.ERROR,
        "a revision that is not recorded yet ends its transaction itself (COMMIT, ROLLBACK): a"
        " failure after that leaves the revision half applied",
        "leave it out; statements that cannot run in a transaction belong in an autocommit_block,"
        " in a revision of its own",
    ),
    "autocommit-not-alone": Rule(
        Level.ERROR,
        "statements outside autocommit_block are committed before it runs, and remain when the"
        " block fails",
        "give the block a revision of its own",
    ),
    "data-with-schema": Rule(
        Level.WARNING,
        "rows and schema change in one transaction, so the locks of the schema change are held"
        " while the rows are changed",
        "give the rows a revision of their own, and large tables a program in batches",
    ),
    "backfill-unfilled": Rule(
        Level.ERROR,
        "the revision fills a column with NULL, so rows still have no value",
        "write the value in place of NULL",
    ),
    "several-strong-locks": Rule(
        Level.WARNING,
        "locks on several tables are held until the end of the transaction, and may deadlock with"
        " the application",
        "give each table a revision of its own",
    ),
}
"""The rules for a revision's file and its SQL; they need no database."""

DATABASE_RULES: Final = {
    "column-required": Rule(
        Level.ERROR,
        "a column without a default is NOT NULL, and there are rows",
        "add it with a default, or nullable and fill it first",
    ),
    "not-null-violated": Rule(
        Level.ERROR, "a column becomes NOT NULL, and rows have null", "fill the rows first"
    ),
    "unique-violated": Rule(
        Level.ERROR,
        "a key becomes unique, and several rows have the same value",
        "remove the duplicates first",
    ),
    "check-violated": Rule(
        Level.ERROR,
        "a CHECK constraint is added that rows violate",
        "correct the rows first, or add it NOT VALID",
    ),
    "foreign-key-violated": Rule(
        Level.ERROR,
        "a foreign key is added, and rows refer to rows that do not exist",
        "correct the rows first, or add it NOT VALID",
    ),
    "value-too-long": Rule(
        Level.ERROR, "a column becomes shorter, and values are longer", "shorten the values first"
    ),
    "not-counted": Rule(Level.WARNING, "rows could not be counted", ""),
    "unqualified-names": Rule(
        Level.WARNING,
        "another role may create objects in a schema that the revision searches, so its functions"
        " and operators can take the place of the intended ones",
        "REVOKE CREATE ON SCHEMA public, or write pg_catalog.lower() and OPERATOR(pg_catalog.=)",
    ),
    "table-of-stranger": Rule(
        Level.ERROR,
        "a table belongs to a role that is not trusted with it, and its triggers, rules or view"
        " would run with the privileges of the migrator",
        "find out who created it; if its owner migrates, name that role in"
        " [tool.schemaproof.roles]",
    ),
    "long-lock": Rule(
        Level.ERROR,
        f"a lock that blocks is held for more than {LONG_LOCK_SECONDS:.0f} s",
        "build it concurrently, or validate it in a second step",
    ),
}
"""The rules that check pending revisions against the rows, sizes and owners of a database."""

RULES: Final = {**STATIC_RULES, **DATABASE_RULES}
SQUAWK_OPINIONS: Final = frozenset(
    {
        *("ban-char-field", "prefer-identity", "prefer-timestamp-tz"),
        *("ban-alter-identity", "ban-drop-constraint", "ban-drop-default", "ban-drop-not-null"),
        *("ban-drop-generated-expression", "renaming-object"),
    }
)
"""Rules of squawk about the models and not about the steps of a migration."""
OPINIONS: Final = SQUAWK_OPINIONS | {name for name, rule in RULES.items() if rule.is_opinion}
"""The rules that hold only where a project enables them."""
