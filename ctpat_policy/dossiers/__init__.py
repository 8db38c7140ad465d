"""Dossiers: everything that one row is judged on, computed ahead of the rules."""
