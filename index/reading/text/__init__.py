"""Text that bears its own marks: plain, Markdown, HTML, e-books."""
