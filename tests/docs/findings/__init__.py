"""docs/findings/<code>.md, one page for each code, written from the texts in this folder.

python -m tests.docs.findings
"""
