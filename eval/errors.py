"""What can be wrong with a set, a run or a comparison."""

from index.errors import ChatbotError


class EvaluationError(ChatbotError):
    """An evaluation set or a run cannot be used. The message says where and how to mend it."""
