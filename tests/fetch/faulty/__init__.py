"""A portal that misbehaves in every way we know of: what it does is data, and so is what must come of it."""
