"""Word problems with their solution as an expression over the numbers in them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Story:
    """A word problem; ``{a}``, ``{b}``, … are its numbers, ``{name}`` and ``{other}`` people."""

    text: str
    solution: str
    sizes: tuple[str, ...]
    """How large ``a``, ``b``, … are: few (2-9), some (10-60), many (as the level wants), or a percentage."""
    positive: str = "1"
    """What must be above zero for the story to make sense; several parts are separated by commas."""
    whole: str = "1"
    """What is counted on the way and must be whole, likewise; the solution always is."""


def _story(text: str, solution: str, sizes: str, positive: str = "1", whole: str = "1") -> Story:
    return Story(text, solution, tuple(sizes.split()), positive, whole)


STORIES: Final = (
    _story(
        "An orchard has {a} rows with {b} trees in each. Every tree bears {c} apples a year, but {d} "
        "percent of all apples spoil. How many apples a year do not spoil?",
        "a * b * c * (100 - d) / 100",
        "some many some percent",
    ),
    _story(
        "A library starts with {a} books on its shelves. On each of {c} days it lends {b} of them and gets "
        "{d} back. How many books are on the shelves after these days?",
        "a - b * c + d * c",
        "many some few few",
        "a - b * c",
    ),
    _story(
        "A ferry takes {a} cars on every crossing and crosses {b} times a day. A car pays {c} coins. How "
        "many coins does the ferry take in {d} days when it is always full?",
        "a * b * c * d",
        "some few many some",
    ),
    _story(
        "A machine makes {a} screws an hour and runs {b} hours a day. The screws are packed in boxes of "
        "{c}. How many boxes do the screws of {d} days fill?",
        "a * b * d / c",
        "many few few some",
    ),
    _story(
        "{name} puts {a} crowns aside every month. After {b} months {name} buys a loom for {c} crowns. How "
        "many crowns are left?",
        "a * b - c",
        "many few many",
        "a * b - c",
    ),
    _story(
        "A glacier is {a} times as old as the lake beside it. The lake was formed {b} days ago. How many "
        "days older than the lake is the glacier?",
        "a * b - b",
        "few many",
    ),
    _story(
        "A tank for {a} litres is empty. A pump fills in {b} litres a minute while {c} litres a minute "
        "leak out. How many litres are missing until the tank is full after {d} minutes?",
        "a - (b - c) * d",
        "many some few some",
        "b - c, a - (b - c) * d",
    ),
    _story(
        "A theatre sells {a} tickets at {b} euros each, and {c} more at half that price. How many euros "
        "does it take?",
        "a * b + c * b / 2",
        "many some many",
    ),
    _story(
        "A train goes for {a} hours at {b} metres a minute and then for {c} hours at {d} metres a minute. "
        "How many metres does it go altogether?",
        "60 * a * b + 60 * c * d",
        "few many few many",
    ),
    _story(
        "A wall is {a} metres long and {b} metres high. A litre of paint is enough for {c} square metres "
        "and costs {d} cents. How many cents does the paint for exactly one coat on one side of the wall "
        "cost?",
        "a * b / c * d",
        "some few few many",
    ),
    _story(
        "A boat costs {a} guilders. Its price is raised by {b} percent, and the new price is then lowered "
        "by {c} percent. What does the boat cost in guilders now?",
        "a * (100 + b) / 100 * (100 - c) / 100",
        "many percent percent",
    ),
    _story(
        "{name} has {a} marbles. {name} gives {b} of them to each of {c} friends and shares the rest "
        "equally between two cousins. How many marbles does each cousin get?",
        "(a - b * c) / 2",
        "many few some",
        "a - b * c",
    ),
    _story(
        "{name} keeps {a} hens, each of which lays {b} eggs a week. {name} eats {c} of the eggs every week "
        "and sells the others for {d} cents each. How many cents a week do the eggs bring in?",
        "(a * b - c) * d",
        "some few some many",
        "a * b - c",
    ),
    _story(
        "An old printer prints {a} pages an hour, a new one twice as many. The old one runs for {b} hours "
        "and the new one for {c} hours. How many pages do they print altogether?",
        "a * b + 2 * a * c",
        "many few few",
    ),
    _story(
        "A car park has {a} floors with {b} places each, and {c} percent of all places are taken. How many "
        "places are free?",
        "a * b * (100 - c) / 100",
        "few many percent",
    ),
    _story(
        "{name} copies {a} lines on Monday and on each of the next four days {b} lines more than on the "
        "day before. How many lines does {name} copy on these five days?",
        "5 * a + 10 * b",
        "many some",
    ),
    _story(
        "In each of two months a reservoir loses {a} percent of the water that it holds at the beginning "
        "of that month. At first it holds {b} cubic metres. How many cubic metres are left after the two "
        "months?",
        "b * (100 - a) / 100 * (100 - a) / 100",
        "percent many",
    ),
    _story(
        "{name} empties a fountain and finds {a} coins of five cents and {b} coins of twenty cents. How "
        "many cents is that?",
        "5 * a + 20 * b",
        "many many",
    ),
    _story(
        "All masons work equally fast. {a} of them lay {b} bricks in {c} hours. How many bricks do {d} of "
        "them lay in {e} hours?",
        "b / a / c * d * e",
        "few many few some few",
    ),
    _story(
        "A rectangular pasture is {a} metres long and {b} metres wide. Its fence consists of {c} wires one "
        "above the other. How many metres of wire does the fence need?",
        "2 * (a + b) * c",
        "many many few",
    ),
    _story(
        "For {a} loaves a baker needs {b} grams of salt. How many grams are needed for {c} loaves?",
        "b / a * c",
        "few some many",
    ),
    _story(
        "A hotel has {a} floors with {b} rooms each. A room costs {c} francs a night, and tonight {d} "
        "percent of all rooms are let. How many francs does the hotel take tonight?",
        "a * b * c * d / 100",
        "few some many percent",
        whole="a * b * d / 100",
    ),
    _story(
        "A train leaves with {a} passengers. At the first stop {b} get off and {c} get on. At the second "
        "stop a third of the passengers get off and nobody gets on. How many passengers stay on the train?",
        "(a - b + c) * 2 / 3",
        "many some some",
        "a - b",
    ),
    _story(
        "{name} borrows {a} pounds from {other} and pays them back, with {b} percent of the loan on top as "
        "interest, in {c} equal instalments. How many pounds is each instalment?",
        "(a + a * b / 100) / c",
        "many percent few",
    ),
    _story(
        "A beekeeper has {a} hives with {b} bees in each. Every bee flies out {c} times a day. How many "
        "flights do all bees make in {d} days?",
        "a * b * c * d",
        "few many few some",
    ),
    _story(
        "An excavator makes {a} trips of {b} metres each and burns {c} litres of fuel for every 100 "
        "metres. How many litres does it burn?",
        "a * b * c / 100",
        "some many few",
    ),
    _story(
        "On a string, {a} blue beads always alternate with {b} red ones. There are {c} beads in all, and "
        "the pattern is complete. How many of them are blue?",
        "c / (a + b) * a",
        "few few many",
        whole="c / (a + b)",
    ),
    _story(
        "{name} scores {a} points in the first game, {b} in the second and {c} in the third. How many "
        "points is that per game on average?",
        "(a + b + c) / 3",
        "many many many",
    ),
    _story(
        "After {a} games {name} has {b} points per game on average. One more game lifts the average by {c} "
        "points. How many points did {name} score in that game?",
        "(b + c) * (a + 1) - a * b",
        "few many few",
    ),
    _story(
        "A merchant mixes {a} kilograms of tea that cost {b} euros a kilogram with {c} kilograms that cost "
        "{d} euros a kilogram. How many euros did the mixture cost altogether?",
        "a * b + c * d",
        "many some many some",
    ),
    _story(
        "A lighthouse has {a} flights of {b} steps. In a year its keeper climbs it to the top and comes "
        "down again {c} times. How many steps does the keeper take on the stairs in that year?",
        "2 * a * b * c",
        "few some many",
    ),
    _story(
        "A town has {a} lamps of {b} watts each, which burn {c} hours every night. How many watt-hours do "
        "they use in a week?",
        "7 * a * b * c",
        "many some few",
    ),
    _story(
        "A shop buys {a} kites at {b} pesos each. It sells {c} percent of them at {d} pesos each and the "
        "others for what it paid. How many pesos does it gain?",
        "a * c / 100 * (d - b)",
        "many some percent some",
        "d - b",
        "a * c / 100",
    ),
    _story(
        "Each of {a} members of a club writes to {b} people, and everybody who gets a letter writes to {c} "
        "others who have got none yet; all addressees are different. How many letters are written?",
        "a * b + a * b * c",
        "many few few",
    ),
    _story(
        "A tower clock loses {a} seconds an hour. How many seconds does it lose in {b} days?",
        "24 * a * b",
        "few many",
    ),
    _story(
        "A basin {a} metres long and {b} metres wide is filled {c} metres deep by a hose that gives {d} "
        "litres a minute. A cubic metre is 1000 litres. How many minutes does that take?",
        "1000 * a * b * c / d",
        "many some few some",
    ),
)
