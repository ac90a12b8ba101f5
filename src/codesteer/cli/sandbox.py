"""``codesteer sandbox``: what isolation there is, and what a crash may have left."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from codesteer.sandboxes.checkup import examine
from codesteer.sandboxes.factory import KINDS, open_sandbox
from codesteer.sandboxes.port import SandboxDescription, Strength

app = typer.Typer(
    no_args_is_help=True, help="Where programs run: check the isolation, clean up after a crash."
)

_STRENGTHS: dict[Strength, str] = {
    "strong": "[green]strong[/]: nothing of this machine is within a program's reach but the kernel",
    "restricted": "[yellow]restricted[/]: the kernel refuses a program most things; some limits are only watched",
    "none": "[red]none[/]: a program can do whatever you can",
}


@app.command("check")
def check(
    kind: Annotated[str, typer.Option("--sandbox", help=f"One of {', '.join(KINDS)}.")] = "local",
) -> None:
    """Say which isolation this machine gives, and prove it with probes; exit code 1 if one gets through.

    Example: codesteer sandbox check --sandbox local
    """
    if not asyncio.run(_check(kind, Console())):
        raise typer.Exit(1)


@app.command("sweep")
def sweep(
    everything: Annotated[
        bool, typer.Option("--all", help="End every codesteer sandbox of the account, also those in use.")
    ] = False,
) -> None:
    """End E2B sandboxes that a crashed codesteer left running on behalf of this computer.

    Example: codesteer sandbox sweep
    """
    from codesteer.sandboxes.e2b.sweep import sweep as sweep_e2b

    done = asyncio.run(sweep_e2b(everything=everything))
    for machine in done.ended:
        typer.echo(f"ended {machine}")
    typer.echo(f"{len(done.ended)} ended, {len(done.kept)} in use elsewhere")


async def _check(kind: str, console: Console) -> bool:
    table = Table("a program tries to", "", "outcome")
    held = True
    async with open_sandbox(kind) as sandbox:
        _print_description(sandbox.describe(), console)
        with console.status("probing"):
            async for finding in examine(sandbox):
                held = held and finding.held
                verdict = "[green]held[/]" if finding.held else "[red]GOT THROUGH[/]"
                table.add_row(finding.probe, verdict, finding.detail)
    console.print(table)
    return held


def _print_description(description: SandboxDescription, console: Console) -> None:
    console.print(f"sandbox: [bold]{description.kind}[/] – {description.detail}")
    console.print(f"strength: {_STRENGTHS[description.strength]}")
    console.print(f"packages for programs: {', '.join(description.packages) or 'those of the image'}")
