"""Write the values that Python prints with their type as plain literals."""

import re

_NAMESPACE = r"\b(?:np\.|numpy\.|sp\.|sympy\.|fractions\.|decimal\.)?"
_SCALAR = re.compile(
    _NAMESPACE + r"(?:u?int\d{0,3}|float\d{0,3}|bool_?|str_?|Decimal|Fraction|Integer|Rational)"
    r"\(\s?(?:'([^()'\"]{1,1000})'|\"([^()'\"]{1,1000})\"|([^()'\"\s,]{1,1000}))\s?\)"
)
_FRACTION = re.compile(
    _NAMESPACE + r"(?:Fraction|Rational)\(\s?([-+]?\d{1,400})\s?,\s?([-+]?\d{1,400})\s?\)", re.ASCII
)
_TYPE = re.compile(r",\s{0,9}(?:dtype|shape)=[\w.'<>]{1,20}")
_CONTAINER = re.compile(
    _NAMESPACE + r"(?:array|Matrix|deque|tuple|list|set|frozenset|dict_values|dict_keys|Counter|OrderedDict)"
    r"\(([^()]*)\)"
)


def plain_values(text: str) -> str:
    """Replace ``np.int64(4)`` by ``4``, ``Fraction(39, 2)`` by ``39/2``, ``array([1, 2])`` by ``[1, 2]``."""
    if "(" not in text:
        return text
    text = _SCALAR.sub(r"\1\2\3", _FRACTION.sub(r"\1/\2", text))
    return _CONTAINER.sub(r"\1", _TYPE.sub("", text))
