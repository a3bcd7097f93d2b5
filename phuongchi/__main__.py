"""`python -m phuongchi` is the command `phuongchi`."""

from phuongchi.cli import main

main()
