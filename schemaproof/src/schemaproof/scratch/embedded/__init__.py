"""The local PostgreSQL server: its binaries, its life, its accounts.

Unix socket only, scram with a generated password, everything below one private folder. Start
reading at ``schemaproof.scratch.embedded.server``.
"""
