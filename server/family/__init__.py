"""Family support, as the server publishes it and carries it between an area and its schools."""
