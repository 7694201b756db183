"""What a message is: question or not, its language, its kind, its parts, what it refers to."""
