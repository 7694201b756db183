"""Which files are documents: those of a type that can be read."""

from typing import Final

SUFFIXES: Final = frozenset(
    (
        *(".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf"),
        *(".docx", ".pptx", ".xlsx"),
        *(".csv", ".tsv", ".epub"),
    )
)
"""In lower case. `index.reading.extraction` has a reader for each."""
