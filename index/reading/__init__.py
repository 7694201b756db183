"""Bytes of a file -> its text, in a process of its own. One folder a family of formats.

`index.reading.extraction` chooses the reader by the file's suffix. A module imports its library
only when a file needs it, and lets the library's own exceptions pass: `index.reading.extraction`
turns them into errors for the user.
"""
