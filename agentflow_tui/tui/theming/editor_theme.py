"""The editor's colours, made from the variables of the app's theme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.widgets.text_area import TextAreaTheme

EDITOR_THEME = "agentflow"

TOML_QUERY = """
(comment) @comment
(pair (bare_key) @property)
(pair (dotted_key) @property)
(pair (quoted_key) @property)
(table (bare_key) @toml.type)
(table (quoted_key) @toml.type)
(table (dotted_key) @toml.type)
(table_array_element (bare_key) @toml.type)
(table_array_element (quoted_key) @toml.type)
(table_array_element (dotted_key) @toml.type)
(string) @string
(integer) @number
(float) @float
(boolean) @boolean
[(offset_date_time) (local_date_time) (local_date) (local_time)] @toml.datetime
"=" @operator
["[" "]" "[[" "]]" "{" "}"] @punctuation.bracket
(ERROR) @toml.error
"""
"""What is what in TOML, for tree-sitter; a key's colour does not reach the comment behind its value."""

_SYNTAX: dict[str, tuple[str, dict[str, Any]]] = {
    "comment": ("syntax-comment", {"italic": True}),
    "toml.type": ("syntax-table", {"bold": True}),
    "property": ("syntax-key", {"bold": False}),
    "string": ("syntax-string", {}),
    "number": ("syntax-number", {}),
    "float": ("syntax-number", {}),
    "boolean": ("syntax-constant", {}),
    "toml.datetime": ("syntax-constant", {}),
    "operator": ("syntax-punctuation", {}),
    "punctuation.delimiter": ("syntax-punctuation", {}),
    "punctuation.bracket": ("syntax-punctuation", {}),
    "toml.error": ("error", {}),
}


def editor_theme(variables: Mapping[str, str]) -> TextAreaTheme:
    """Return the theme for the text area; every TOML token has a style, the erroneous ones too."""
    return TextAreaTheme(
        name=EDITOR_THEME,
        syntax_styles={
            token: Style(color=rich_color(variables, name), **looks)
            for token, (name, looks) in _SYNTAX.items()
        },
    )


def rich_color(variables: Mapping[str, str], name: str) -> RichColor | None:
    """Return a theme variable as a colour of Rich, or none when it is `auto` or missing."""
    try:
        # One of the terminal's own colours stays that.
        return Color.parse(variables[name]).rich_color
    except (KeyError, ColorParseError):
        return None
