"""Access: the people of a school, what each may do there, and why."""
