"""Golden cases: one folder a page, `page.html`, `meta.json` (how it was met), `expected.json` (what a person would copy)."""
