"""The command ``schemaproof``, and the parts for a command of a project's own."""
