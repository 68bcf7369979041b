"""Differences → SQL that undoes them."""
