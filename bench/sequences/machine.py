"""Run operations in any order: on the database by a unit of work, and on the model."""

from bench.sequences.reading import Reading
from bench.sequences.transactions import Transactions
from bench.sequences.writing import Writing


class Sequences(Writing, Transactions, Reading):
    """All operations together."""
