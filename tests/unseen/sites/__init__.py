"""The sample portals: one module for each content-management system, listed in `catalogue`."""
