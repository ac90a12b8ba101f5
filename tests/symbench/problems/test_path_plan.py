"""Routes by hand: closed boxes, open arena, and what the official validator misses."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.path_plan import TASK, Puzzle, Waypoints

PUZZLE = Puzzle(
    (("red", -50, 50, -50, 50), ("blue", 80, 120, -20, 20)), (-100, 0), (100, -100), ("red",), ("blue",)
)


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("[(-1, 0), (0, 0), (0, -1), (1, -1)]", True, True),
        ("[[-1.0, 0.0], [0, 0], [0, -1], [1, -1]]", True, True),
        ("(-1, 0), (0, 0), (0, -1), (1, -1)", True, True),
        ("-1, 0, 0, 0, 0, -1, 1, -1", True, True),
        ("[(-1, 0), (-1, -1), (1, -1)]", False, False),  # red is not entered
        (
            "[(-1, 0), (-0.5, 1), (-0.5, -1), (1, -1)]",
            True,
            True,
        ),  # along its boundary, which is crossed elsewhere
        (
            "[(-1, 0), (-1, 0.5), (-0.5, 0.5), (-0.5, 1), (1.3, 1), (1.3, -1), (1, -1)]",
            True,
            False,
        ),  # its corner
        ("[(-1, 0), (0, 0), (1, 0), (1, -1)]", False, False),  # through blue
        ("[(-1, 0), (0, 0), (0.8, 0), (1, -1)]", False, False),  # blue's boundary, then along inside
        ("[(-1, 0), (0, 0), (0, -1.4), (1, -1)]", False, True),  # touches the wall's inner edge
        ("[(-1, 0), (0, 0), (0, -2), (1, -1)]", False, False),
        ("[(-1, 0.001), (0, 0), (0, -1), (1, -1)]", False, False),
        ("[(-1.0000000001, 0), (0, 0), (0, -1), (1, -1)]", True, False),  # within the tolerance
        ("[(-1, 0)]", False, False),
        ("[(-1, 0), (0, 0), (0, -1), (1)]", False, False),
        ("[(-1, 0), (0, 0), (0, -1), (1, -1), 5]", False, False),
        ("go east", False, False),
        ("Waypoints: [(-1, 0), (0, 0), (0, -1), (1, -1)]", True, True),
        ("Waypoints:\n1. (-1, 0)\n2. (0, 0)\n3. (0, -1)\n4. (1, -1)", True, True),
        ("0. (-1, 0)\n1. (0, 0)\n2. (0, -1)\n3. (1, -1)", True, True),
        ("- (-1, 0)\n- (0, 0)\n- (0, -1)\n- (1, -1)", True, True),
        ("(-1, 0) -> (0, 0) → (0, -1) => (1, -1)", True, True),
        ('[{"x": -1, "y": 0}, {"x": 0, "y": 0}, {"x": 0, "y": -1}, {"x": 1, "y": -1}]', True, True),
        ("[{'y': 0, 'x': -1}, {'y': 0, 'x': 0}, {'y': -1, 'x': 0}, {'y': -1, 'x': 1}]", True, True),
        ('{"waypoints": [[-1, 0], [0, 0], [0, -1], [1, -1]]}', True, True),
        ("[array([-1., 0.]), array([0., 0.]), array([0., -1.]), array([1., -1.])]", True, True),
        ("[(np.float64(-1.0), np.float64(0.0)), (0, 0), (0, -1), (1, -1)]", True, True),
        ("[(-1, 0), 00, (0, -1), (1, -1)]", False, False),
        ("[(-1, 0), (0, 0), (0, -1), 1, -1]", False, False),
        ("[{'y': -1, 'x': 0}, {'y': 0, 'x': 0}, {'y': 0, 'x': -1}, {'y': 1, 'x': -1}]", False, False),
    ],
)
def test_by_hand(text: str, strict: bool, published: bool) -> None:
    item: Item[Puzzle, Waypoints] = Item("x", TASK.slug, "?", (), 1, PUZZLE)
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
    assert (TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT) == published
