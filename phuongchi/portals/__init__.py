"""`portals.toml`: what stands in it, how it is edited, imported and tried out."""
