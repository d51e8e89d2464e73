"""What is printed of names and messages that others chose: no character of theirs may steer a terminal."""

from __future__ import annotations

import unicodedata

# Controls, marks of direction and other unseen ones, surrogates, separators of lines.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# They join letters, and the parts of emoji; they move nothing.
_JOINERS = "\u200c\u200d"


def printable(text: str, keep: str = "") -> str:
    """Returns the text with every character that cannot be seen as its escape in Python, but for those of `keep`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape").decode("ascii")
        if unicodedata.category(letter) in _UNSEEN and letter not in _JOINERS and letter not in keep
        else letter
        for letter in text
    )
