"""What trains the reader: examples made of question answering sets, and the loop that learns."""
