"""Changes that are not drift and happen to every database; a finding about one is a false alarm."""

from typing import Final

from bench.drift.mutations.kinds import kinds

KINDS: Final = kinds(__name__, "maintenance", "rewritten", "strangers")

SESSIONS: Final = {
    "session: search_path of ours": "-c search_path=zoo,quantum,public",
    "session: search_path of nobody": "-c search_path=pg_catalog",
    "session: every identifier quoted": "-c quote_all_identifiers=on",
    "session: German dates": "-c DateStyle=German -c IntervalStyle=sql_standard -c"
    " TimeZone=Asia/Tokyo",
    "session: few digits": "-c extra_float_digits=-15 -c bytea_output=escape",
    "session: old strings": "-c standard_conforming_strings=off -c backslash_quote=on",
    "session: slow plans": "-c enable_hashjoin=off -c enable_mergejoin=off -c jit=on",
    "session: read only": "-c default_transaction_read_only=on",
}
"""What libpq's PGOPTIONS may bring along."""
