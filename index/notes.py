"""What the user should know of how a document was read: codes, and what they say in English."""

from dataclasses import dataclass

_MESSAGES = {
    "scanned": "No text on page {}: scanned. To read it: pip install -r requirements-ocr.txt",
    "ocr": "Page {} was read from its image; the text may hold errors.",
    "unreadable_page": "Page {} is damaged and was left out.",
    "pages_cut": "Only the first {} pages were read.",
    "lost": "{} characters could not be decoded.",
    "mixed_encodings": "Lines in another encoding than the rest: {}.",
    "controls": "{} control characters, which no text holds, were left out.",
    "boilerplate": "{} characters of menus, notices and the like were left out.",
    "running_heads": "Running heads, feet and page numbers were left out: {}.",
    "order_unsure": "In what order the text of page {} is read is not sure.",
    "table_cut": "Only a part of the table was read: {}.",
    "hidden": "Hidden, so left out: {}.",
    "no_value": "Formulas without a stored value: {}. Open it in its program and save it.",
    "comments": "Comments were left out: {}.",
    "near_duplicate": "Nearly the same as {}. Keep both, or remove one.",
    "tracked": "Tracked changes were read as accepted (insertions, deletions): {}.",
    "hidden_text": "{} characters of hidden text were left out.",
    "hidden_slides": "Hidden slides were left out: {}.",
    "hidden_shapes": "{} hidden shapes on slides were left out.",
    "pictures": "Pictures in it were not read: {}.",
    "embedded": "Embedded files in it were not read: {}.",
    "numbers_unread": "Automatic numbers in an unknown style were left out: {}.",
    "chapter_skipped": "Left out, because it cannot be read: {}.",
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know of how a document was read; `detail` is what it is about."""

    code: str
    detail: str

    @property
    def message(self) -> str:
        """Return the note as an English sentence.

        >>> Note("lost", "3").message
        '3 characters could not be decoded.'
        """
        return _MESSAGES[self.code].format(self.detail)


NOTE_CODES = frozenset(_MESSAGES)
