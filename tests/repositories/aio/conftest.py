"""Replaces the fixtures of stores by asynchronous ones."""

from tests.support import async_store

store = async_store.store
