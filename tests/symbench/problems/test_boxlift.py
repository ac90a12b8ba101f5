"""Plans by hand, and what the official validator ignores."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.boxlift import TASK, Plan, Puzzle, greedy

ITEM: Item[Puzzle, Plan] = Item("x", TASK.slug, "?", (), 1, Puzzle((50, 30, 20), (40, 20, 30), 2))


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("Step 1: [(50, [0, 1]), (30, [2])]\nStep 2: [(20, [1])]", True, True),
        ("step 1: (50, (0, 1)), (30, (2,))\nstep 2: (20, (1,))", True, True),
        ("[[(50, [0, 1]), (30, [2])], [(20, [1])]]", True, True),
        ("Step 1: [(50, [0, 1]), (30, [2])] Step 2: [(20, [1]), (99, [0])]", False, True),  # no such box
        ("Step 1: [(50, [0, 1]), (30, [2])]\nStep 2: [(20, [1])]\nStep 3: [(20, [1])]", False, True),
        ("Step 1: [(50, [2, 2]), (30, [0])]\nStep 2: [(20, [1])]", False, True),  # a lifter twice
        ("Step 1: [(50, [0, -2]), (30, [2])]\nStep 2: [(20, [1])]", False, True),  # an index from the end
        ("Step 1: [(50, [0, 1]), (30, [2])]\nStep 2: [(20, [3])]", False, False),
        ("Step 1: [(50, [0]), (30, [2])]\nStep 2: [(20, [1])]", False, False),
        ("Step 1: [(50, [0, 1]), (30, [0])]\nStep 2: [(20, [1])]", False, False),
        ("Step 1: [(50, [0, 1])]\nStep 2: [(20, [1])]\nStep 3: [(30, [0])]", False, False),
        ("Step 1: [(50, [])]", False, False),
        ("Step 1: lift everything", False, False),
        ("**Step 1:** [(50, [0, 1]), (30, [2])]\n**Step 2:** [(20, [1])]", True, True),
        ("- Step 1: [(50, [0, 1]), (30, [2])]\n- Step 2: [(20, [1])]", True, True),
        ("- **Step 1**: [(50, [0, 1]), (30, [2])]\n- **Step 2**: [(20, [1])]", True, True),
        ("1. Step 1: [(50, [0, 1]), (30, [2])]\n2. Step 2: [(20, [1])]", True, True),
        ("1. [(50, [0, 1]), (30, [2])]\n2. [(20, [1])]", True, True),
        ("['Step 1: [(50, [0, 1]), (30, [2])]', 'Step 2: [(20, [1])]']", True, True),
        ("{'Step 1': [(50, [0, 1]), (30, [2])], 'Step 2': [(20, [1])]}", True, True),
        ('{\n "Step 1": [\n  [50, [0, 1]],\n  [30, [2]]\n ],\n "Step 2": [[20, [1]]]\n}', True, True),
        ('{"plan": [[[50, [0, 1]], [30, [2]]], [[20, [1]]]]}', True, True),
        ("Plan:\nStep 1: [(50, [0, 1]), (30, [2])]\nStep 2: [(20, [1])]", True, True),
        ("{'Step 1': [(50, [0, 1]), (30, [0])], 'Step 2': [(20, [1])]}", False, False),
    ],
)
def test_by_hand(text: str, strict: bool, published: bool) -> None:
    assert (TASK.score(ITEM, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
    assert (TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT) == published


@pytest.mark.parametrize(("boxes", "lifters"), [((5,), (2, 2)), ((5, 3), ()), ((3, 9), (4, 4))])
def test_a_box_that_nobody_can_lift_has_no_plan(boxes: tuple[int, ...], lifters: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="nobody can lift"):
        greedy(boxes, lifters)
