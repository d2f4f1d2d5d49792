"""The commands and how they end: results to standard output, messages to standard error, a documented exit code."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Annotated, Any, NoReturn

from cyclopts import App, Parameter

from lotrinh.base.issues import DataError, LotrinhError
from lotrinh.base.registry import entries
from lotrinh.base.text import LANGUAGES, speaking
from lotrinh.base.version import VERSION

EXIT_CODES = (
    "Exit codes: 0 done, 1 our bug, 2 usage, 3 problems in the data, 4 no plan satisfies every rule, "
    "5 no plan within the time limit, 130 interrupted."
)

app = App(
    name="lotrinh",
    help="Plans national programmes: from tables to a portfolio with a proven gap.",
    help_epilogue=EXIT_CODES,
    version=VERSION,
    help_format="plaintext",
)
for name, command in entries("lotrinh.cli.commands").items():
    app.command(getattr(command, name))


@app.meta.default
def launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    lang: Annotated[str, Parameter(help="Language of everything printed: en or vi.")] = "en",
) -> int:
    """Run one command in the language asked for."""
    if lang not in LANGUAGES:
        print(f"--lang {lang}: one of {', '.join(LANGUAGES)}", file=sys.stderr)
        return 2
    with speaking(lang):
        try:
            result = app(tokens, exit_on_error=True, result_action="return_value")
        except LotrinhError as error:
            return _complain(error, "--json" in tokens)
    return result if isinstance(result, int) else 0


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its exit code."""
    tokens = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in tokens
    try:
        code = app.meta(tokens, exit_on_error=True, result_action="return_value")
    except LotrinhError as error:
        code = _complain(error, as_json)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except Exception:
        traceback.print_exc()
        print("This is a bug in Lotrinh, not a problem of your data.", file=sys.stderr)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _complain(error: LotrinhError, as_json: bool) -> int:
    """Say what went wrong where the reader looks for it, and return the exit code."""
    if as_json:
        content: dict[str, Any] = {"status": _STATUS.get(error.exit_code, "error"), "error": str(error)}
        if isinstance(error, DataError):
            content["error"] = error.args[0]
            content["issues"] = [issue.as_dict() for issue in error.issues]
        print(json.dumps(content, ensure_ascii=False, indent=1))
    elif isinstance(error, DataError):
        from lotrinh.cli.console import print_issues

        print_issues(error.issues)
    else:
        print(str(error), file=sys.stderr)
    return error.exit_code


_STATUS = {2: "usage", 3: "data", 4: "infeasible", 5: "no_plan_in_time"}
