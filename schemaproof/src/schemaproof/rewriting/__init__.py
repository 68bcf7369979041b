"""The history itself is changed: branches become one line, many revisions become one."""
