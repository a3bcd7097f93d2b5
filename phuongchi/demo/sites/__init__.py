"""The sample portals, one module for each platform."""
