"""The documentation site builds offline without warnings, loads nothing external, and covers the code."""

import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typer.main
from mkdocs.commands.build import build
from mkdocs.config import load_config

import codesteer
from codesteer import Context
from codesteer.cli.app import app
from codesteer.graph.workflow import NODES, compile_graph

ROOT = Path(__file__).parents[1]
LOADING = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
"""Elements that make a browser load something, and the attribute with its address."""
ELSEWHERE = re.compile(r"^\s*(?:https?:)?//")


class Page(HTMLParser):
    """Collects what a page loads, links to and contains."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: set[str] = set()
        self.classes: set[str] = set()
        self.styles: list[str] = []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.classes |= set(given.get("class", "").split())
        self.styles.append(given.get("style", ""))
        self.linked |= {given["href"]} if tag == "a" and "href" in given else set()
        if tag in LOADING and given.get("rel") not in ("canonical", "next", "prev"):
            self.loaded += [given.get(LOADING[tag], ""), *given.get("srcset", "").split(",")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as `make docs` does, without network access and with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), strict=True, site_dir=str(folder))
    config.plugins.run_event("startup", command="build", dirty=False)
    build(config)
    return folder


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_pages_load_nothing_external(site: Path) -> None:
    found = {(path.name, url) for path in pages(site) for url in Page(path).loaded if ELSEWHERE.match(url)}
    assert found == set()


def test_styles_load_nothing_external(site: Path) -> None:
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    styles += [style for path in pages(site) for style in Page(path).styles]
    styles += [
        text for path in pages(site) for text in re.findall(r"<style.*?</style>", Page(path).text, re.DOTALL)
    ]
    urls = [url for text in styles for url in re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')]+)", text)]
    assert urls
    assert [url for url in urls if ELSEWHERE.match(url)] == []


def test_the_theme_fetches_no_script(site: Path) -> None:
    """Material fetches Mermaid from a CDN if a page contains an element of that class."""
    assert [path.name for path in pages(site) if "mermaid" in Page(path).classes] == []


def test_the_graph_is_drawn(site: Path) -> None:
    page = (site / "concepts.html").read_text(encoding="utf-8")
    drawings = re.findall(r'<div class="(?:wide|narrow)">\s*<svg.*?</svg>', page, re.DOTALL)
    edges = {f"{edge.source}&#45;&gt;{edge.target}" for edge in compile_graph().get_graph().edges}
    assert len(drawings) == 2
    for drawing in drawings:
        assert set(re.findall(r"<title>(.*?)</title>", drawing)) >= edges | set(NODES)


def test_every_setting_is_described(site: Path) -> None:
    page = Page(site / "reference/settings.html")
    ids = set(re.findall(r'<h3 id="([^"]+)"', page.text))
    assert ids >= set(Context.model_fields)
    assert "whole number, at least 64, at most 1,048,576" in page.text


def test_every_command_is_described(site: Path) -> None:
    def names(command: Any, path: str) -> Iterator[str]:
        yield path
        for name, below in getattr(command, "commands", {}).items():
            yield from names(below, f"{path} {name}")

    text = (site / "reference/cli.html").read_text(encoding="utf-8")
    shown = set(re.findall(r"<h\d[^>]*><code>([^<]+)</code>", text))
    assert shown == set(names(typer.main.get_command(app), "codesteer")) - {"codesteer"}
    assert "&lt;&lt;&lt;number&gt;&gt;&gt;" in text


def test_every_public_name_links_to_its_description(site: Path) -> None:
    page = Page(site / "reference/api/index.html")
    for name in codesteer.__all__:
        exported = getattr(codesteer, name)
        (target,) = [
            link for link in page.linked if link.endswith(f"#{exported.__module__}.{exported.__qualname__}")
        ]
        file, _, anchor = target.partition("#")
        there = site / "reference/api" / file if file else site / "reference/api/index.html"
        assert f'id="{anchor}"' in there.read_text(encoding="utf-8")


def test_every_page_shows_the_version(site: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {f"codesteer {version}" in Page(path).text for path in pages(site)} == {True}


def test_search_works_from_disk(site: Path) -> None:
    page = Page(site / "reference/settings.html")
    assert "../assets/iframe-worker.js" in page.loaded
    assert (site / "assets/iframe-worker.js").exists()
    assert (site / "search/search_index.js").read_text(encoding="utf-8").startswith("var __index = {")


def test_search_covers_the_generated_pages(site: Path) -> None:
    index = (site / "search/search_index.json").read_text(encoding="utf-8")
    assert "reference/settings.html#max_turns" in index
