"""Track what each block stands on, move by move."""

from random import Random

from codesteer.symbench.problems.blocksworld import Plan, Puzzle, Stacks


def below(stacks: Stacks) -> dict[str, str]:
    """Each block with what it stands on: another block or the number of a stack."""
    return {
        block: stack[height - 1] if height else str(number)
        for number, stack in enumerate(stacks, 1)
        for height, block in enumerate(stack)
    }


def top(support: dict[str, str], number: int) -> str:
    place = str(number)
    while upper := [block for block, under in support.items() if under == place]:
        place = upper[0]
    return place


def accepts(puzzle: Puzzle, answer: Plan) -> bool:
    support = below(puzzle.initial)
    stacks = range(1, len(puzzle.initial) + 1)
    for block, source, target in answer:
        if source not in stacks or target not in stacks or source == target:
            return False
        if block not in support or top(support, source) != block:
            return False
        support[block] = top(support, target)
    return support == below(puzzle.goal)


def mutants(puzzle: Puzzle, answer: Plan, rng: Random) -> list[Plan]:
    at = rng.randrange(len(answer))
    block, source, target = answer[at]
    other = rng.choice(answer)
    stacks = len(puzzle.initial)
    changed = [
        (chr(ord(block) + 1), source, target),
        (block, source % stacks + 1, target),
        (block, source, target % stacks + 1),
        (block, source, source),
        (block, source, stacks + 1),
        (block, 0, target),
    ]
    plans = [(*answer[:at], move, *answer[at + 1 :]) for move in changed]
    longer = [
        (*answer[:at], *extra, *answer[at:]) for extra in ((other,), (answer[at], (block, target, source)))
    ]
    return [*plans, *longer, answer[1:], answer[:-1], (*answer[:at], *answer[at + 1 :]), answer[::-1], ()]
