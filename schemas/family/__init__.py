"""Family support in an authority's area: facts, what people do, and what is published of it."""
