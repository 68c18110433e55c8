"""Auditing a school's record: ``tidemark audit``."""
