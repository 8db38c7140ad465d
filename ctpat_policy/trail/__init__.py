"""The record trail: git's history, read so that a hostile repository neither runs code nor lies."""
