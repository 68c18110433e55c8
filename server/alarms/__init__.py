"""Alarms: what the server does by itself when a time has passed, whatever any tablet does."""
