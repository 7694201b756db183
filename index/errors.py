"""Every error a user can meet.

    ChatbotError             something the user can mend; the message says how
    ├── CorpusError          a document or the corpus folder cannot be used
    ├── EmbedderError        the embedding model cannot be loaded
    ├── IndexNotBuiltError   there is no index yet
    ├── IndexMismatchError   the index was made by another embedder or another version
    ├── IndexAwayError       the server that holds the index does not answer
    └── GenerationError      the answer could not be generated

The command line prints the message to stderr and exits with 1, the page shows it as a sentence.
Programming mistakes stay `ValueError` or `TypeError` and keep their traceback.
"""


class ChatbotError(Exception):
    """Something a user can mend. The message says what is wrong and what to type next.

    `code` names the kind of trouble, for those that say it in another language than English.
    """

    def __init__(self, message: str, *, code: str = "") -> None:
        """Take the message, and the code where readers of the page can meet this error."""
        super().__init__(message)
        self.code = code


class CorpusError(ChatbotError):
    """A document or the corpus folder cannot be used."""


class EmbedderError(ChatbotError):
    """The embedding model cannot be loaded."""


class IndexNotBuiltError(ChatbotError):
    """There is no index yet."""


class IndexMismatchError(ChatbotError):
    """The index was made by another embedder or by another version of this program."""


class IndexAwayError(ChatbotError):
    """The server that holds the index does not answer, or refuses to."""


class GenerationError(ChatbotError):
    """The answer could not be generated."""
