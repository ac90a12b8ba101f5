"""Grids of agents that move coloured boxes: simulate a plan, make a plan."""

from collections.abc import Iterator

Square = tuple[int, int]
Squares = dict[Square, list[str]]
"""The contents of each square."""
Action = tuple[int, int, str, int, int]
"""The agent's square, the colour of the box, and its destination, or ``TARGET`` to match it."""
Plan = tuple[tuple[Action, ...], ...]

TARGET: Square = (-1, -1)


def simulate(squares: Squares, plan: Plan) -> str | None:
    """Simulate a plan whose steps are simultaneous; return what goes wrong, or None if nothing is left."""
    for number, step in enumerate(plan, 1):
        if len({action[:2] for action in step}) < len(step):
            return f"in step {number} an agent acts twice"
        violation = next(filter(None, (_find_violation(squares, action) for action in step)), None)
        if violation:
            return f"in step {number} {violation}"
        for row, column, colour, *goal in step:
            squares[row, column].remove(f"box_{colour}")
            if (goal[0], goal[1]) == TARGET:
                squares[row, column].remove(f"target_{colour}")
            else:
                squares[goal[0], goal[1]].append(f"box_{colour}")
    left = sum(map(len, squares.values()))
    return f"{left} boxes and targets are left at the end" if left else None


def make_plan(squares: Squares) -> Plan:
    """Send each box to the nearest free target; schedule actions as soon as the agents are idle."""
    targets = [
        (square, thing[7:]) for square, things in squares.items() for thing in things if "target" in thing
    ]
    steps: list[dict[Square, Action]] = []
    for square, things in squares.items():
        for thing in things:
            if thing.startswith("box_"):
                goal = min(
                    (place for place, colour in targets if colour == thing[4:]),
                    key=lambda place: _distance(place, square),
                )
                targets.remove((goal, thing[4:]))
                _schedule(steps, square, goal, thing[4:])
    return tuple(tuple(step.values()) for step in steps)


def _schedule(steps: list[dict[Square, Action]], square: Square, goal: Square, colour: str) -> None:
    time = 0
    for place, following in _path(square, goal):
        while time < len(steps) and place in steps[time]:
            time += 1
        if time == len(steps):
            steps.append({})
        steps[time][place] = (*place, colour, *following)
        time += 1


def _path(square: Square, goal: Square) -> Iterator[tuple[Square, Square]]:
    """Yield each square on the path with the next one: first along the column, then along the row."""
    row, column = square
    while (row, column) != goal:
        place = row, column
        if row != goal[0]:
            row += 1 if row < goal[0] else -1
        else:
            column += 1 if column < goal[1] else -1
        yield place, (row, column)
    yield goal, TARGET


def _find_violation(squares: Squares, action: Action) -> str | None:
    row, column, colour, *goal = action
    things, to = squares.get((row, column), []), (goal[0], goal[1])
    if f"box_{colour}" not in things:
        return f"there is no box_{colour} where the agent stands"
    if to == TARGET:
        return None if f"target_{colour}" in things else f"there is no target_{colour} where the agent stands"
    if to not in squares or _distance(to, (row, column)) != 1:
        return f"box_{colour} is moved to a square that is not a neighbour"
    return None


def _distance(one: Square, other: Square) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
