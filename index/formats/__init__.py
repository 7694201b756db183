"""Readers of documents, one module a family: bytes of a file -> its `Content`.

`index.extraction` chooses the reader by the file's suffix. A module imports its library only when
a file needs it, and lets the library's own exceptions pass: `index.extraction` turns them into
errors for the user.
"""
