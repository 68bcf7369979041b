"""Partitions by time: created ahead, detached when old, archived and restored."""
