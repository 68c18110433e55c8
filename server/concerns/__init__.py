"""Concerns, as the server publishes them and hands them on."""
