"""``lotrinh register probe``: ask endpoints which TLS or SSH they agree on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from lotrinh.base.issues import DataError, UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Json, said

Files = Annotated[
    tuple[Path, ...],
    Parameter(
        name="--targets",
        negative="",
        show_default=False,
        help="File of targets, one a line, or a CSV with the columns target and system.",
    ),
]


def probe(
    *named: Annotated[str, Parameter(name="TARGETS")],
    targets: Files = (),
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="File to write, one answer a line.")] = Path(
        "probe.jsonl"
    ),
    rate: Annotated[float, Parameter(help="Connections opened in a second, at most; 0 for no limit.")] = 100.0,
    timeout: Annotated[float, Parameter(help="Seconds to wait for a connection, and again for its answer.")] = 5.0,
    concurrency: Annotated[int, Parameter(help="Targets asked at once.")] = 100,
    resume: Annotated[bool, Parameter(negative="", help="Pass over targets that the output has already.")] = False,
    json_: Json = False,
) -> int:
    """Ask endpoints which TLS or SSH they agree on; nothing but the targets named is contacted.

    A TLS target takes three to eight connections, one after the other, an SSH target one. Ask only what you may.

    Example: lotrinh register probe mail.example.vn ssh://10.0.0.7 --targets hosts.txt -o probe.jsonl

    Parameters
    ----------
    named
        Targets: host, host:port, [v6]:port, tls://host:port, ssh://host:port.
    """
    from lotrinh.cli.console import live_steps
    from lotrinh.register.probe.run import Pace
    from lotrinh.register.probe.run import probe as ask
    from lotrinh.register.probe.targets import read_targets

    found, problems = read_targets(named, targets)
    if problems:
        raise DataError(problems)
    if not found:
        raise UsageError(str(t("name at least one target, or a file of them with --targets")))
    pace = Pace(rate, timeout, concurrency)
    first = t("Asking; targets: {count}", count=len(found))
    try:
        with live_steps(lambda **facts: t("targets asked: {done} of {count}", **facts), json_, first) as watch:
            counts = ask(found, output, pace, resume, watch)
    except KeyboardInterrupt:
        said(t("What was told so far is in {path}; go on with --resume", path=output), {"status": "interrupted"}, json_)
        raise
    facts = {name: counts[name] for name in _COUNTS}
    words = t(
        "Targets asked: {asked}; hybrid: {hybrid}, post-quantum: {post_quantum}, classical: {classical}, "
        "unknown: {unknown}; with a classical group besides: {fallback}; passed over: {skipped}; written: {path}",
        **facts,
        path=output,
    )
    said(words, {"status": "probed", **facts, "output": str(output)}, json_)
    return 0


_COUNTS = ("asked", "skipped", "hybrid", "post_quantum", "classical", "unknown", "fallback")
