"""The statements of a bulk write, built without a session."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Select, func, select, text

from repositories.bulk import planner_settings
from repositories.bulk.audit_values import AuditValues
from repositories.bulk.layout import Layout
from repositories.bulk.merge import Merge
from repositories.bulk.staging import Staging
from repositories.statements.names import qualified_name

SAVEPOINT: Final = text("SAVEPOINT monps_batch")
ROLL_BACK: Final = text("ROLLBACK TO SAVEPOINT monps_batch")
RELEASE: Final = text("RELEASE SAVEPOINT monps_batch")


@dataclass(frozen=True)
class Statements:
    """All statements of one bulk write.

    Attributes:
        layout: The columns and the key.
        audit_values: The audit values that are written with the rows.
    """

    layout: Layout
    audit_values: AuditValues

    @cached_property
    def staging(self) -> Staging:
        """The temporary tables."""
        return Staging(self.layout)

    @cached_property
    def choose_planner_settings(self) -> Select[Any]:
        """The statement that decides whether rows are found by a join or one by one."""
        return planner_settings.choose(
            qualified_name(self.layout.table), self.staging.stage, self.layout.key[0]
        )

    def merge(self, *, together: bool) -> Merge:
        """Return the statements for a batch whose rows are found by a join, or one by one."""
        return self._together if together else self._one_by_one

    @cached_property
    def duplicate_in_batch(self) -> Select[int]:
        """The query for the first position in the stage at which a key is repeated."""
        stage = self.staging.stage
        position = stage.c.monps_position
        keys = [stage.c[column.name] for column in self.layout.key]
        nth = func.row_number().over(partition_by=keys, order_by=position)
        again = select(position.label("position"), nth.label("nth")).subquery()
        return select(func.min(again.c.position)).where(again.c.nth > 1)

    @cached_property
    def _together(self) -> Merge:
        return Merge(self.staging, self.audit_values, together=True)

    @cached_property
    def _one_by_one(self) -> Merge:
        return Merge(self.staging, self.audit_values, together=False)
