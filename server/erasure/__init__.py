"""Erasing the content of entries, by law: ``tidemark erase``, and remembering it."""
