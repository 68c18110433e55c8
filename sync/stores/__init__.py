"""The stores: one protocol, several implementations."""
