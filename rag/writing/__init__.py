"""Evidence -> an answer: quoted, or written by a model and cited."""
