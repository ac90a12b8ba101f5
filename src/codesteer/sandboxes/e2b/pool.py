"""A pool of E2B machines."""

import asyncio

from codesteer.errors import SandboxError
from codesteer.sandboxes.e2b.machine import Machine
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits

MACHINES = 8
_ATTEMPTS = 2
_CREATION_SECONDS = 5.0
_REUSABLE_AFTER = (ExecutionStatus.OK, ExecutionStatus.ERROR)


class MachinePool:
    """Runs programs on pooled machines; belongs to one event loop."""

    def __init__(self) -> None:
        self._idle: list[Machine] = []
        self._slots = asyncio.Semaphore(MACHINES)
        self._tasks: set[asyncio.Task[ExecutionResult]] = set()
        self._creations: set[asyncio.Task[Machine]] = set()
        self._pending_kills: set[asyncio.Task[None]] = set()

    async def run(self, program: str, limits: Limits) -> ExecutionResult:
        """Run one program on an idle machine, or on a new one.

        Raises:
            ConfigurationError: E2B rejected the API key.
            SandboxError: E2B failed twice, or the pool was closed meanwhile.
        """
        task = asyncio.create_task(self._run(program, limits))
        self._tasks.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if task in self._tasks:
                raise
            message = "the program was cancelled because its sandbox stopped"
            raise SandboxError(message) from None
        finally:
            self._tasks.discard(task)

    async def close(self) -> None:
        """Cancel running programs and kill all machines."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._creations:
            await asyncio.wait(self._creations, timeout=_CREATION_SECONDS)
        idle, self._idle = self._idle, []
        await asyncio.gather(*(machine.kill() for machine in idle), *self._pending_kills)

    async def _run(self, program: str, limits: Limits) -> ExecutionResult:
        async with self._slots:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    return await self._run_on(await self._acquire(), program, limits)
                except SandboxError:
                    if attempt == _ATTEMPTS:
                        raise
            raise AssertionError

    async def _run_on(self, machine: Machine, program: str, limits: Limits) -> ExecutionResult:
        reusable = False
        try:
            result = await machine.run(program, limits)
            reusable = machine.alive and result.status in _REUSABLE_AFTER
            return result
        finally:
            if reusable:
                self._idle.append(machine)
            else:
                self._kill_in_background(machine)

    async def _acquire(self) -> Machine:
        while self._idle:
            machine = self._idle.pop()
            if machine.alive:
                return machine
        return await self._create()

    async def _create(self) -> Machine:
        """Create a machine; if the caller is cancelled meanwhile, kill the machine once it exists."""
        creation = asyncio.create_task(Machine.create())
        self._creations.add(creation)
        creation.add_done_callback(self._creations.discard)
        try:
            return await asyncio.shield(creation)
        except asyncio.CancelledError:
            creation.add_done_callback(self._kill_created)
            raise

    def _kill_created(self, creation: asyncio.Task[Machine]) -> None:
        if not creation.cancelled() and creation.exception() is None:
            self._kill_in_background(creation.result())

    def _kill_in_background(self, machine: Machine) -> None:
        """Kill a machine without waiting."""
        kill = asyncio.create_task(machine.kill())
        self._pending_kills.add(kill)
        kill.add_done_callback(self._pending_kills.discard)
