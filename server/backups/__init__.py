"""Backups of the SQLite store: taking them while it is served, and putting them back."""
