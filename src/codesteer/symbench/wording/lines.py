"""Things in a line, and phrases for their places."""

from dataclasses import dataclass
from typing import Final

_ORDINALS: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_SPICES: Final = (
    "anise basil cardamom chili cinnamon clove coriander cumin dill fennel ginger mace marjoram nutmeg "
    "oregano paprika pepper saffron sage turmeric"
)
_RUNNERS: Final = "Ada Bo Cleo Dirk Eva Finn Gil Hedi Ivan Jo Kim Lou Mats Nell Otto Pia Rhea Sam Tess Uwe"
_TOWERS: Final = (
    "Amber Beacon Castle Dove Eagle Falcon Garden Harbour Iron Jester King Lantern Mill North Oak Palace "
    "Raven Silver Tannery Water"
)
_PICTURES: Final = (
    "anchor bear crown dolphin elephant fox goat horse ibex key lion moon nightingale owl plough rose "
    "ship tree unicorn wheel"
)
_TRADES: Final = (
    "actor baker chemist dentist editor farmer gardener hatter inventor judge knitter lawyer miller nurse "
    "optician painter roofer sailor tailor vet"
)
_COLOURS: Final = (
    "amber beige black blue brown cyan gold green grey ivory lilac olive orange pink purple red scarlet "
    "silver white yellow"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line and its phrases; places are counted from its front."""

    scene: str
    """The sentence before the list of the things."""
    things: tuple[str, ...]
    front: str
    """The phrase for a place counted from the front, with ``{}`` for the ordinal."""
    first: str
    """The phrase for the first place, without an ordinal."""
    back: str
    last: str
    before: str
    """The phrase for being closer to the front than another thing, named in ``{}``."""
    after: str

    def place(self, count: int, from_back: bool) -> str:
        """Return the phrase for a place, counted from 1 at the front or at the back."""
        if count == 1:
            return self.last if from_back else self.first
        return (self.back if from_back else self.front).format(_ORDINALS.split()[count - 1])


def ordinal(word: str) -> int | None:
    """Return the number of an ordinal; None if the word is not one."""
    words = _ORDINALS.split()
    return words.index(word) + 1 if word in words else None


LINES: Final = {
    "jars": Line(
        "Jars of different spices stand side by side on a kitchen board",
        tuple(f"the {spice} jar" for spice in _SPICES.split()),
        "is the {} from the left",
        "is the leftmost",
        "is the {} from the right",
        "is the rightmost",
        "is somewhere to the left of {}",
        "is somewhere to the right of {}",
    ),
    "runners": Line(
        "Runners crossed the finishing line one after the other",
        tuple(_RUNNERS.split()),
        "was the {} to arrive",
        "was the first to arrive",
        "was the {} to arrive, counted from the last",
        "was the last to arrive",
        "arrived earlier than {}",
        "arrived later than {}",
    ),
    "towers": Line(
        "Towers of different heights can be seen from a hill",
        tuple(f"the {name} tower" for name in _TOWERS.split()),
        "is the {} in height from the tallest down",
        "is the tallest",
        "is the {} in height from the shortest up",
        "is the shortest",
        "is taller than {}",
        "is shorter than {}",
    ),
    "coins": Line(
        "Old coins lie in a show-case; no two were struck in the same year",
        tuple(f"the coin with the {picture}" for picture in _PICTURES.split()),
        "is the {} by age from the oldest on",
        "is the oldest",
        "is the {} by age from the newest back",
        "is the newest",
        "is older than {}",
        "is newer than {}",
    ),
    "tenants": Line(
        "Tenants live in a house, one on each floor and nobody else",
        tuple(f"the {trade}" for trade in _TRADES.split()),
        "lives on the {} floor counted from the bottom",
        "lives on the lowest floor",
        "lives on the {} floor counted from the top",
        "lives on the highest floor",
        "lives below {}",
        "lives above {}",
    ),
    "parcels": Line(
        "Parcels of different weights wait at a counter",
        tuple(f"the {colour} parcel" for colour in _COLOURS.split()),
        "is the {} in weight from the lightest up",
        "is the lightest",
        "is the {} in weight from the heaviest down",
        "is the heaviest",
        "is lighter than {}",
        "is heavier than {}",
    ),
}
