"""The command line and everything that knows all the parts: configuration, runners, demo."""

__version__ = "0.1.0"
