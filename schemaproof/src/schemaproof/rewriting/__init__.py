"""Change the history itself: branches become one line, many revisions become one."""
