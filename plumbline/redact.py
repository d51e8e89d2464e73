"""Takes what may be secret out of records before they are landed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from plumbline.errors import mask


def without_secrets(value: Any) -> Any:
    """Returns a JSON value without the passwords that stand in its texts, in addresses or as parameters."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    if isinstance(value, dict):
        return {key: without_secrets(item) for key, item in value.items()}
    return value


def destination(text: Any) -> str | None:
    """Returns where messages go: of a web address its scheme and host, for the rest of it is often its secret."""
    if text is None or isinstance(text, dict | list):
        return None
    place = str(text).strip()
    if "://" not in place:
        return mask(place)
    try:
        parts = urlsplit(place)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else None
