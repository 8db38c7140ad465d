"""`python -P -m ctpat_policy`; the console script is the safer way in."""

from ctpat_policy.cli import main

main()
