"""Attendance: how the marks of a day fold, and what is published from them."""
