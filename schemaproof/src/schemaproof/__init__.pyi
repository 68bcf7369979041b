from schemaproof.catalog.untrusted_types import untrusted_types as untrusted_types
from schemaproof.check.check import run as check_database
from schemaproof.connection.authentication import is_accepted as is_accepted
from schemaproof.connection.authentication import refusal as refusal
from schemaproof.connection.connect_args import NETWORK_TIMEOUT as NETWORK_TIMEOUT
from schemaproof.connection.connect_args import UNQUALIFIED_IS_PUBLIC as UNQUALIFIED_IS_PUBLIC
from schemaproof.connection.connect_args import accepted_authentication as accepted_authentication
from schemaproof.connection.connect_args import keepalives as keepalives
from schemaproof.connection.connect_args import lift_transaction_timeout as lift_transaction_timeout
from schemaproof.connection.connect_args import limits as limits
from schemaproof.connection.connect_args import network_args as network_args
from schemaproof.connection.connect_args import options as options
from schemaproof.connection.connection_failures import refusal_sqlstate as refusal_sqlstate
from schemaproof.connection.diagnostics import Diagnostics as Diagnostics
from schemaproof.connection.diagnostics import ends_session as ends_session
from schemaproof.connection.diagnostics import read_diagnostics as read_diagnostics
from schemaproof.connection.diagnostics import read_sqlstate as read_sqlstate
from schemaproof.connection.driver_errors import translate_driver_error as translate_driver_error
from schemaproof.connection.duration import parse_duration as parse_duration
from schemaproof.connection.duration import whole_milliseconds as whole_milliseconds
from schemaproof.connection.duration import whole_seconds as whole_seconds
from schemaproof.connection.interrupt import interruptible as interruptible
from schemaproof.connection.own_settings import (
    SEARCH_PATH_FOR_TRANSACTION as SEARCH_PATH_FOR_TRANSACTION,
)
from schemaproof.connection.own_settings import engine_for_data as engine_for_data
from schemaproof.connection.own_settings import set_up_safely as set_up_safely
from schemaproof.connection.raw_sql import DriverConnection as DriverConnection
from schemaproof.connection.remedies import network_remedy as network_remedy
from schemaproof.connection.remedies import statement_remedy as statement_remedy
from schemaproof.connection.session_limits import look_after as look_after
from schemaproof.connection.sessions import engine_for_migrations as engine_for_migrations
from schemaproof.connection.sessions import ready_to_read as ready_to_read
from schemaproof.connection.silence import ANSWER_SECONDS as ANSWER_SECONDS
from schemaproof.connection.silence import cancel_statement as cancel_statement
from schemaproof.connection.silence import hang_up as hang_up
from schemaproof.connection.silence import is_served as is_served
from schemaproof.connection.silence import silence_limit as silence_limit
from schemaproof.connection.target import Target as Target
from schemaproof.connection.urls import DRIVER as DRIVER
from schemaproof.connection.urls import DRIVERS as DRIVERS
from schemaproof.connection.urls import parse_scratch_url as parse_scratch_url
from schemaproof.errors import ConfigurationError as ConfigurationError
from schemaproof.errors import DatabaseRefusedError as DatabaseRefusedError
from schemaproof.errors import DatabaseUnavailableError as DatabaseUnavailableError
from schemaproof.errors import HistoryError as HistoryError
from schemaproof.errors import InterruptionError as InterruptionError
from schemaproof.errors import LocalServerError as LocalServerError
from schemaproof.errors import MigrationRefusedError as MigrationRefusedError
from schemaproof.errors import MigratorLockError as MigratorLockError
from schemaproof.errors import OutputClosedError as OutputClosedError
from schemaproof.errors import SchemaproofError as SchemaproofError
from schemaproof.errors import TamperedHistoryError as TamperedHistoryError
from schemaproof.findings.baseline import Extent as Extent
from schemaproof.findings.codes import Severity as Severity
from schemaproof.findings.findings import Kind as Kind
from schemaproof.findings.findings import Report as Report
from schemaproof.history.history import load_history as load_history
from schemaproof.history.ledger import ledger_rows as ledger_rows
from schemaproof.history.table_safety import inspect_tables as inspect_tables
from schemaproof.history.table_safety import refuse_unsafe as refuse_unsafe
from schemaproof.history.version_table import inspect_history as inspect_history
from schemaproof.output.documents import Document as Document
from schemaproof.output.documents import Lines as Lines
from schemaproof.output.documents import as_columns as as_columns
from schemaproof.output.documents import as_csv as as_csv
from schemaproof.output.documents import as_json as as_json
from schemaproof.output.documents import lines as lines
from schemaproof.output.documents import visible as visible
from schemaproof.program import called as called
from schemaproof.project import Project as Project
from schemaproof.project_file import FormerTable as FormerTable
from schemaproof.project_file import find_project as find_project
from schemaproof.project_file import look_for_project as look_for_project
from schemaproof.report.cells import cell as cell
from schemaproof.scratch.embedded.accounts import (
    ensure_role_and_database as ensure_role_and_database,
)
from schemaproof.scratch.embedded.server import LocalServer as LocalServer
from schemaproof.scratch.scratch import local_server as local_server

__all__ = [
    "ANSWER_SECONDS",
    "DRIVER",
    "DRIVERS",
    "NETWORK_TIMEOUT",
    "SEARCH_PATH_FOR_TRANSACTION",
    "UNQUALIFIED_IS_PUBLIC",
    "ConfigurationError",
    "DatabaseRefusedError",
    "DatabaseUnavailableError",
    "Diagnostics",
    "Document",
    "DriverConnection",
    "Extent",
    "FormerTable",
    "HistoryError",
    "InterruptionError",
    "Kind",
    "Lines",
    "LocalServer",
    "LocalServerError",
    "MigrationRefusedError",
    "MigratorLockError",
    "OutputClosedError",
    "Project",
    "Report",
    "SchemaproofError",
    "Severity",
    "TamperedHistoryError",
    "Target",
    "accepted_authentication",
    "as_columns",
    "as_csv",
    "as_json",
    "called",
    "cancel_statement",
    "cell",
    "check_database",
    "ends_session",
    "engine_for_data",
    "engine_for_migrations",
    "ensure_role_and_database",
    "find_project",
    "hang_up",
    "inspect_history",
    "inspect_tables",
    "interruptible",
    "is_accepted",
    "is_served",
    "keepalives",
    "ledger_rows",
    "lift_transaction_timeout",
    "limits",
    "lines",
    "load_history",
    "local_server",
    "look_after",
    "look_for_project",
    "network_args",
    "network_remedy",
    "options",
    "parse_duration",
    "parse_scratch_url",
    "read_diagnostics",
    "read_sqlstate",
    "ready_to_read",
    "refusal",
    "refusal_sqlstate",
    "refuse_unsafe",
    "set_up_safely",
    "silence_limit",
    "statement_remedy",
    "translate_driver_error",
    "untrusted_types",
    "visible",
    "whole_milliseconds",
    "whole_seconds",
]
