"""The command line: one module per command; the only place that prints and exits."""

from __future__ import annotations

import gc
import importlib
import sys

import click

from ctpat_policy import __version__
from ctpat_policy.cli import surroundings
from ctpat_policy.errors import CtpatError

#: Command name to its module and one line of help, so that `--help` loads no command.
COMMANDS = {
    "init": "begin a policy repository; nothing is ever overwritten",
    "check": "judge the repository against the criteria",
    "merge": "join the parts of a check that was judged in shards",
    "diff": "what a change does to compliance, row by row",
    "due": "what expires or falls due, as text, JSON, CSV or a calendar",
    "verify": "judge the trail itself: can its history be trusted",
    "checkpoint": "a small text to keep elsewhere, which later history must extend",
    "history": "who changed and approved what, when, and the verdicts since",
    "todo": "what to do next, each step with the command that starts it",
    "new": "a commented skeleton of a procedure, a partner or a record",
    "approve": "add an approval to a document, bound to its content",
    "explain": "what a criterion, an evidence kind, a list or a finding code asks",
}
_BUG = 4


class Commands(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import one command's module and return its `command`."""
        if name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"ctpat_policy.cli.{name}").command
        found.short_help = COMMANDS[name]
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing one of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ctpat-policy")
@click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong inside.")
@click.pass_context
def group(ctx: click.Context, debug: bool) -> None:
    """CTPAT security criteria as code: judge procedures and evidence kept as YAML in git."""
    ctx.obj = {"debug": debug}


def main() -> None:
    """Entry point of the console script: every ending has its exit code, none a traceback."""
    debug = "--debug" in sys.argv[1:]
    surroundings.settle()
    try:
        code = group.main(standalone_mode=False)
    except CtpatError as error:
        if debug:
            raise
        code = _say(f"error: {error}", error.exit_code)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = _say("stopped", 130)
    except OSError as error:
        code = _say(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), _BUG)
    except Exception as error:
        if debug:
            raise
        what = f"{type(error).__name__}: {error}"
        code = _say(f"error: a bug in ctpat-policy ({what}); report it with --debug", _BUG)
    # The end of the interpreter would search all that a run made for cycles, only to free it.
    gc.freeze()
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str, code: int) -> int:
    click.echo(message, err=True)
    return code
