"""What happens around a migration: time-outs, ledger, introspection."""
