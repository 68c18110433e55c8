"""What things are: entries, claims, codes, identifiers, calendar. Pure pydantic, no I/O."""
