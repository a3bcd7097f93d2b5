"""Portals of systems that the reader and the crawler were not tuned for, each with its gold, and their score."""
