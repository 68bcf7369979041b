"""The commands of ``monps-db`` on data, one file per command."""
