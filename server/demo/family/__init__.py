"""The demonstration's authority: its family workers, the families, and what was done for them."""
