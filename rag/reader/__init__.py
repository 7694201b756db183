"""The reader: question and passage read together, by the embedded model with layers of ours."""
