"""What well-known functions and methods do to the origin of a value: hand it on, take a part, or compute."""

HANDING_ON = frozenset(
    [
        "str",
        "repr",
        "format",
        "ascii",
        "bytes",
        "int",
        "float",
        "complex",
        "bool",
        "round",
        "print",
        "list",
        "tuple",
        "set",
        "dict",
        "frozenset",
        "iter",
        "id",
        "type",
        "isinstance",
        "hasattr",
    ]
)
"""Builtins that convert or format: a constant stays a constant."""

TAKING_ITEMS = frozenset(["enumerate", "zip", "next"])
"""Builtins whose result steps through what they are given."""

TEXT_MAKERS = frozenset(["str", "repr", "format", "ascii"])
COLLECTION_MAKERS = frozenset(["list", "tuple", "set", "dict", "frozenset"])

HANDING_ON_IMPORTED = frozenset(
    [
        "json.dumps",
        "json.loads",
        "copy.copy",
        "copy.deepcopy",
        "textwrap.dedent",
        "textwrap.indent",
        "pprint.pformat",
        "itertools.chain",
        "itertools.chain.from_iterable",
        "itertools.cycle",
        "itertools.repeat",
        "collections.deque",
        "collections.OrderedDict",
        "collections.defaultdict",
        "ast.literal_eval",
        "numpy.array",
        "numpy.asarray",
        "numpy.zeros",
        "numpy.ones",
        "fractions.Fraction",
        "decimal.Decimal",
        "datetime.date",
        "datetime.datetime",
        "datetime.datetime.datetime",
        "string.Template",
        "types.SimpleNamespace",
        "typing.cast",
        "sys.intern",
    ]
)
"""Imported functions of the same sort; all others compute."""

OUTSIDE = frozenset(
    [
        "input",
        "open",
        "sys.stdin.read",
        "sys.stdin.readline",
        "sys.stdin.readlines",
        "os.environ.get",
        "os.getenv",
        "pathlib.Path",
    ]
)
"""Calls whose value comes from outside the program."""

HANDING_ON_METHODS = frozenset(
    [
        "format",
        "format_map",
        "join",
        "strip",
        "lstrip",
        "rstrip",
        "ljust",
        "rjust",
        "center",
        "zfill",
        "expandtabs",
        "title",
        "capitalize",
        "upper",
        "lower",
        "splitlines",
        "split",
        "rsplit",
        "encode",
        "decode",
        "copy",
        "items",
        "keys",
        "values",
        "tolist",
        "as_dict",
        "dumps",
        "writelines",
        "dict",
        "removeprefix",
        "removesuffix",
        "casefold",
        "isoformat",
    ]
)
TEXT_METHODS = HANDING_ON_METHODS - frozenset(
    [
        "splitlines",
        "split",
        "rsplit",
        "encode",
        "copy",
        "items",
        "keys",
        "values",
        "tolist",
        "as_dict",
        "writelines",
        "dict",
    ]
)
TAKING_METHODS = frozenset(
    ["pop", "popleft", "get", "popitem", "setdefault", "__next__", "__getitem__", "get_nowait"]
)
GROWING_METHODS = frozenset(
    [
        "append",
        "appendleft",
        "add",
        "extend",
        "extendleft",
        "update",
        "setdefault",
        "push",
        "put",
        "put_nowait",
        "write",
        "__setitem__",
        "union_update",
        "writelines",
    ]
)
REORDERING_METHODS = frozenset(["discard", "insert", "remove", "reverse", "rotate", "shuffle", "sort"])
TEXT_COMPUTING_METHODS = frozenset(["replace", "translate", "swapcase"])
CASE_METHODS = frozenset(["capitalize", "casefold", "lower", "title", "upper"])
"""Formatting of a constant, but a computation on each of many items."""

GROWING_FUNCTIONS = frozenset(
    ["heapq.heappush", "heapq.heapify", "bisect.insort", "random.shuffle", "heapq.heapreplace"]
)
"""Imported functions that change their first argument."""

EXITS = frozenset(["exit", "quit", "sys.exit", "os._exit", "os.abort"])
"""Calls after which the program is over."""

PRINTERS = frozenset(
    ["print", "pprint.pprint", "pprint.pp", "sys.stdout.write", "sys.stdout.writelines", "rich.print"]
)
"""Calls that show their arguments on standard output."""

RUNNERS = frozenset(
    ["exec", "os.system", "subprocess.run", "subprocess.call", "subprocess.check_call", "runpy.run_path"]
)
"""Calls whose output cannot be followed; it counts as computed."""

QUESTION = "QUESTION"
"""The variable in which every program finds the question's text (DESIGN section 3)."""
