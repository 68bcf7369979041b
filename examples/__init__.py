"""Programs that use monps-db; the tests run them."""
