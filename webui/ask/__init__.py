"""The tab where questions are asked: conversations, transcript, evidence, and what writes."""
