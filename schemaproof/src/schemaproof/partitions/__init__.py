"""Partitions by time: made ahead, detached when old, archived and restored."""
