"""A generated world for `bench.quality`: portals whose markup, furniture and habits are drawn from a seed.

`material` writes articles, `design` draws what one portal looks like, `dress` writes its HTML, `world` puts them together.
Nothing here was written by looking at the reading half; what it imitates are real portals as the documentation describes them.
"""
