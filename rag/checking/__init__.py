"""Does what a sentence cites support it? Names, figures, and the reader's judgement."""
