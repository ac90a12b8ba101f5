"""MkDocs hooks: name the version, add the pages generated from the code, render the graph."""

import tomllib
from pathlib import Path

from api import api_pages
from command_line import command_line_page
from drawing import draw
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from settings_page import settings_page

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
API = {f"reference/api/{name}.md": text for name, text in api_pages().items()}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Show the version on every page, list every subpackage, and render Mermaid blocks at build time.

    Material would load Mermaid's script from a CDN.
    """
    config.site_name = f"{config.site_name} {VERSION}"
    overview, *packages = API
    nav = config.nav or []
    config.nav = [*nav[:-1], {"Python API": [{"Overview": overview}, *packages]}, *nav[-1:]]
    fence = {"name": "mermaid", "class": "drawing", "format": draw}
    config.mdx_configs["pymdownx.superfences"] = {"custom_fences": [fence]}
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and the notebooks for download."""
    pages = {"reference/settings.md": settings_page(), "reference/cli.md": command_line_page(), **API}
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        files.append(File.generated(config, f"notebooks/{notebook.name}", abs_src_path=str(notebook)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Link the names of notebooks: the pages cannot link to files outside their folder."""
    if page.file.src_uri == "notebooks.md":
        for file in files.media_files():
            if file.src_uri.startswith("notebooks/"):
                markdown = markdown.replace(f"`{file.name}.ipynb`", f"[`{file.name}.ipynb`]({file.src_uri})")
    return markdown
