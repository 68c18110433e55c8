"""Devices: enrolled by a code, known by a key, revoked at once."""
