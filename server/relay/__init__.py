"""The relay: what is carried between an area's database and those of its schools."""
