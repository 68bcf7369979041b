"""Here a store is asynchronous."""

from tests.support import async_store

store = async_store.store
