"""The command ``schemaproof``, and the parts that a project can use in a command of its own."""
