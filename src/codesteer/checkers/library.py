"""Known functions and methods: which show what they are given, and which change it. All others compute."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXTUAL = _words(
    """ascii capitalize center dumps format format_map join ljust lower lstrip pformat repr rjust rstrip str strip title
    upper zfill"""
)
"""Give text that shows what they are given."""
NUMERIC = _words("bool complex Decimal float Fraction int next round")
CONTAINERS = _words(
    """array asarray bytes chain copy date datetime decode deepcopy defaultdict deque dict encode enumerate frozenset
    items iter keys list literal_eval ones OrderedDict set split splitlines tolist tuple values zeros zip"""
)
SHOWING = TEXTUAL | NUMERIC | CONTAINERS
"""Hold or show what they are given, and compute nothing."""
CASES = _words("capitalize lower title upper")
"""Show a constant, but are a computation on each of many items."""
TAKING = _words("get pop popitem popleft")
ADDING = _words("add append appendleft extend extendleft push put setdefault update write writelines")
LOOKING = _words(
    """count difference endswith find index intersection isalnum isalpha isdigit islower issubset issuperset isupper
    rfind startswith union"""
)
"""Methods that compute and leave their object as it is; other unknown methods may change it."""
EXITS = _words("_exit abort exit quit")
RUNNING = _words("check_call exec run_path system")
"""What they print cannot be followed."""
PRINTERS = _words("pp pprint print")
PASSIVE_DECORATORS = _words(
    """abstractmethod cache cached_property classmethod contextmanager dataclass lru_cache njit overload property
    singledispatch staticmethod total_ordering wraps"""
)
"""Hand the function back for the program to call."""
PASSIVE_BASES = _words("ABC Enum Exception Generic IntEnum NamedTuple Protocol StrEnum object")
"""Call no method by themselves."""
GIVEN = frozenset({"QUESTION"})
"""Texts that programs find as variables."""
