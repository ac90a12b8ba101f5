"""``codesteer sandbox``: check the isolation, clean up after a crash."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from codesteer.sandboxes.factory import KINDS, open_sandbox

if TYPE_CHECKING:
    from codesteer.sandboxes.port import SandboxDescription, Strength

app = typer.Typer(no_args_is_help=True, help="Check the isolation of programs; clean up after a crash.")

_STRENGTHS: "dict[Strength, str]" = {
    "strong": "[green]strong[/]: programs can reach nothing of this machine except its kernel",
    "restricted": "[yellow]restricted[/]: the kernel denies most operations; some limits are only monitored",
    "none": "[red]none[/]: programs have all your permissions",
}


@app.command("check")
def check(
    kind: Annotated[
        str, typer.Option("--sandbox", help=f"Sandbox to check: one of {', '.join(KINDS)}.")
    ] = "local",
) -> None:
    """Show which isolation a sandbox provides and test it with small attacks; exit with 1 if one succeeds.

    Example: codesteer sandbox check --sandbox local
    """
    import asyncio

    if not asyncio.run(_check(kind, Console())):
        raise typer.Exit(1)


@app.command("cleanup")
def cleanup(
    include_used: Annotated[
        bool,
        typer.Option(
            "--all", metavar="", help="Kill all codesteer machines of the account, including those in use."
        ),
    ] = False,
) -> None:
    """Kill E2B machines that a crashed codesteer process on this computer left running.

    Example: codesteer sandbox cleanup
    """
    import asyncio

    from codesteer.sandboxes.e2b.cleanup import kill_orphaned_machines

    result = asyncio.run(kill_orphaned_machines(include_used=include_used))
    for machine in result.killed:
        typer.echo(f"killed {machine}")
    typer.echo(f"{len(result.killed)} killed, {len(result.in_use)} in use")


async def _check(kind: str, console: Console) -> bool:
    from codesteer.sandboxes.isolation_check import check_isolation

    table = Table("attack", "result", "detail")
    all_blocked = True
    async with open_sandbox(kind) as sandbox:
        _print_description(sandbox.describe(), console)
        with console.status("testing the isolation"):
            async for result in check_isolation(sandbox):
                all_blocked = all_blocked and result.blocked
                status = "[green]blocked[/]" if result.blocked else "[red]NOT BLOCKED[/]"
                table.add_row(result.probe, status, result.detail)
    console.print(table)
    return all_blocked


def _print_description(description: "SandboxDescription", console: Console) -> None:
    console.print(f"sandbox: [bold]{description.kind}[/] – {description.detail}")
    console.print(f"strength: {_STRENGTHS[description.strength]}")
    console.print(f"packages for programs: {', '.join(description.packages) or 'depend on the image'}")
