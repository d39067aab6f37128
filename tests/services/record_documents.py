"""Documents of records, changed by hand as whole ones: their names tell what they hold."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any


def rewrite(path: Path, content: Any) -> None:
    """Let a document hold something else, under the name that tells it."""
    text = json.dumps(content)
    path.unlink()
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    path.with_name(f"{path.name.partition('.')[0]}.{mark}.json").write_text(text)


def set_clocks(folder: Path, ended: float) -> None:
    """Let the clock of the computer that made all outputs in a folder have stood at this time."""
    for path in list(folder.rglob(".records/*")):
        if path.name.startswith("basis."):
            continue
        if path.suffix == ".jsonl":
            lines = [json.dumps(json.loads(line) | {"ended": ended}) for line in path.read_text().splitlines()]
            path.write_text("".join(f"{line}\n" for line in lines))
        elif path.suffix == ".json":
            content = json.loads(path.read_text())
            for record in (content.get("shared", {}), *content.get("records", ())):
                record.update({"ended": ended} if "ended" in record else {})
            rewrite(path, content)
