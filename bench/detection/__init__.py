"""A simulated year of portals that break, and of what only looks like it: how soon and how truly the watch finds it."""
