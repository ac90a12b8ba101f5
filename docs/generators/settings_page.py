"""Generate the reference of settings: every field of ``Context`` with its bounds and default."""

import json
from collections.abc import Iterator
from typing import Any

from codesteer.graph.context import PROMPT_FIELDS, REPLACEABLE_PROMPTS, Context
from codesteer.prompts.loader import placeholders, template

HEAD = """# Settings

A run's settings are the fields of [`Context`][codesteer.graph.context.Context]: plain JSON values, set in
`graph.invoke(…, context=Context(…))`, `ChatCodeSteer(…)`, Studio's configuration panel, or an assistant on a server. An
invalid value is refused with the name of its field. *Nodes* lists where Studio shows a setting.

## Run settings
"""
PROMPTS_HEAD = """
## Prompt templates

Each replaces one template; `$name` is a placeholder, and no other placeholders can be used.
"""
MACHINE = """
## Environment settings

Read from the environment once per command or process.

::: codesteer.settings.Settings
    options:
      heading_level: 3
      show_root_heading: false
      show_root_toc_entry: false

The models' own variables (`OPENAI_API_KEY`, `ANTHROPIC_API_KEY`, …) are read by their LangChain packages. An endpoint
given by its address gets a key only if `CODESTEER_ENDPOINT_KEYS` (or the table `endpoint_keys` in the file
`CODESTEER_CONFIG`) names the variable with the key: `https://llm.example.com=LLM_EXAMPLE_KEY`, comma-separated.
`E2B_API_KEY` is read by the E2B sandbox, `CODESTEER_OFFICIAL` by `codesteer eval run` as the default of `--official`.

## Server settings

The fields of [`Policy`][codesteer.policy.policy.Policy] define what callers of a server may choose; see
[Deployment](../deployment.md#what-callers-may-choose).
"""


def settings_page() -> str:
    """Return the page in Markdown."""
    schema = Context.model_json_schema()["properties"]
    own = {*PROMPT_FIELDS, "prompts"}
    plain = (line for name in schema if name not in own for line in _field(name, schema[name]))
    prompts = (line for name in PROMPT_FIELDS for line in _prompt(name, schema[name]))
    return "\n".join([HEAD, *plain, PROMPTS_HEAD, *prompts, *_other_prompts(schema["prompts"]), MACHINE])


def _field(name: str, field: dict[str, Any]) -> Iterator[str]:
    yield f"### `{name}`\n"
    yield f"**{field['title']}.** {_sentence(field['description'])}\n"
    yield f"- Type: {_kind(field)}"
    yield f"- Default: `{json.dumps(Context.model_fields[name].default)}`"
    if examples := field.get("examples"):
        yield f"- Examples: {', '.join(f'`{example}`' for example in examples)}"
    if nodes := field.get("langgraph_nodes"):
        yield f"- Nodes: {', '.join(nodes)}"
    yield ""


def _prompt(name: str, field: dict[str, Any]) -> Iterator[str]:
    yield f"### `{name}`\n"
    yield f"**{field['title']}.** {_sentence(field['description'])}\n"
    yield from _placeholders(PROMPT_FIELDS[name])
    yield f"- Nodes: {', '.join(field['langgraph_nodes'])}"
    yield f"- Default: the template `{PROMPT_FIELDS[name]}`\n"
    yield f'??? note "The default"\n\n    ````text\n{_indented(field["default"])}\n    ````\n'


def _other_prompts(field: dict[str, Any]) -> Iterator[str]:
    """List the templates that the field ``prompts`` can replace."""
    yield "### `prompts`\n"
    yield f"**{field['title']}.** {_sentence(field['description'])}\n"
    yield "The templates, each with its default:\n"
    for name in sorted(REPLACEABLE_PROMPTS - set(PROMPT_FIELDS.values())):
        yield f'??? note "`{name}`"\n\n    ````text\n{_indented(template(name))}\n    ````\n'


def _placeholders(name: str) -> Iterator[str]:
    if found := placeholders(template(name)):
        yield f"- Placeholders: {', '.join(f'`${placeholder}`' for placeholder in found)}"


def _kind(field: dict[str, Any]) -> str:
    """Describe the values of a field."""
    forms = field.get("anyOf", [field])
    return " or ".join("empty (`null`)" if form["type"] == "null" else _form(form) for form in forms)


def _form(form: dict[str, Any]) -> str:
    if form["type"] == "array":
        choices = form["items"].get("enum")
        return f"any of {', '.join(f'`{one}`' for one in choices)}" if choices else _list_form(form)
    names = {"string": "text", "integer": "whole number", "number": "number"}
    names |= {"boolean": "`true` or `false`", "object": "texts by name"}
    bounds = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
    limits = [f"{words} {form[bound]:,}" for bound, words in bounds.items() if bound in form]
    return ", ".join([names[form["type"]], *limits])


def _list_form(form: dict[str, Any]) -> str:
    return f"list of texts, at most {form['maxItems']}" if "maxItems" in form else "list of texts"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
