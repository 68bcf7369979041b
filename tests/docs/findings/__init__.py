"""The pages of docs/findings: python -m tests.docs.findings writes what is not their prose."""
