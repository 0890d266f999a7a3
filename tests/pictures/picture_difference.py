"""What differs between a stored picture and the screen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import islice
from pathlib import Path

_ROW = re.compile(r'<text y="([\d.]+)">(.*)</text>')
_TAG = re.compile(r"<[^>]+>")
_ROWS = 8
_PAGE = """\
<!doctype html><meta charset="utf-8"><title>Pictures that differ</title>
<style>
figure{{margin:0 0 2em}} div{{display:flex;gap:1em}} div>*{{flex:1;position:relative}} img{{width:100%}}
.both img+img{{position:absolute;left:0;mix-blend-mode:difference}}
</style>
{figures}
"""
_FIGURE = """\
<figure><figcaption>{name}: as stored, as it is now, and what differs (all else is black)</figcaption>
<div><span><img src="{was}"></span><span><img src="{now}"></span>
<span class="both"><img src="{was}"><img src="{now}"></span></div></figure>
"""


@dataclass(frozen=True, slots=True)
class PictureDifference:
    """A picture as it was stored and as it is now."""

    name: str
    was: str
    """Empty where none is stored."""
    now: str

    def __str__(self) -> str:
        """Say which rows of text differ, at most eight of them."""
        if not self.was:
            return f"{self.name}: no picture is stored; --snapshot-update stores it"
        was, now = self._texts(self.was), self._texts(self.now)
        rows = [row for row in sorted(was.keys() | now.keys(), key=float) if was.get(row) != now.get(row)]
        if not rows:
            return f"{self.name}: the same text in other colours or styles"
        lines = [f"- {was.get(row, '')}\n+ {now.get(row, '')}" for row in islice(rows, _ROWS)]
        return "\n".join((f"{self.name}: {len(rows)} rows of text differ", *lines))

    @staticmethod
    def write_page(differences: Sequence[PictureDifference], folder: Path) -> Path:
        """Write both pictures of each difference into the folder, and return a page that shows them."""
        folder.mkdir(exist_ok=True)
        figures = []
        for number, difference in enumerate(differences):
            names = {kind: f"{number}.{kind}.svg" for kind in ("was", "now")}
            (folder / names["was"]).write_text(difference.was, encoding="utf-8")
            (folder / names["now"]).write_text(difference.now, encoding="utf-8")
            figures.append(_FIGURE.format(name=escape(difference.name), **names))
        page = folder / "differences.html"
        page.write_text(_PAGE.format(figures="".join(figures)), encoding="utf-8")
        return page

    @staticmethod
    def _texts(svg: str) -> dict[str, str]:
        return {row: unescape(_TAG.sub("", spans)) for row, spans in _ROW.findall(svg)}
