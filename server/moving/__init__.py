"""Moving a school from one store to another: ``tidemark move``."""
