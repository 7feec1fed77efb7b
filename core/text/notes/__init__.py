"""What people write as plain text: Markdown with its front matter, reStructuredText, Org, AsciiDoc, logs."""
