"""What MkDocs calls while it builds the site: adds the pages that are generated from the code, draws the graph."""

from api import api_pages
from command_line import command_line_page
from drawing import draw
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from settings_page import settings_page


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have Mermaid blocks drawn here and now: Material would load Mermaid's script from a CDN."""
    fence = {"name": "mermaid", "class": "drawing", "format": draw}
    config.mdx_configs["pymdownx.superfences"] = {"custom_fences": [fence]}
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    pages = {
        "reference/settings.md": settings_page(),
        "reference/cli.md": command_line_page(),
        **{f"reference/api/{name}.md": text for name, text in api_pages().items()},
    }
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    return files
