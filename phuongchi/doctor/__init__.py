"""`doctor`: is everything there that a night needs? Each check says what it found, and the cure where something is wrong."""

from phuongchi.doctor.finding import Finding, Level, exit_code
from phuongchi.doctor.visits import examine

__all__ = ["Finding", "Level", "examine", "exit_code"]
