"""The way in: `python -P -m ctpat_policy`, or the console script, which is safer."""

import sys


def main() -> None:
    """Load the command line and run it; whoever loses patience meanwhile sees no traceback."""
    try:
        from ctpat_policy import cli
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
