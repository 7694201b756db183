"""PDF: characters and rules on a page -> text in the order that people read it in."""
