"""The rows of the old quantum tables, copied into the tables of Quantum ADN 2.0."""
