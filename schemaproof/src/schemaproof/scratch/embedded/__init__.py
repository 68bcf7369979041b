"""The local PostgreSQL server: its programs, its start and stop, its roles.

Unix socket only, scram with a generated password, everything below one private folder. Start
reading at ``schemaproof.scratch.embedded.server``.
"""
