"""Generate parts of the pages in docs/findings: python -m tests.docs.findings."""
