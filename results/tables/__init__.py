"""What the records of this folder say, as Markdown tables: one function a table."""
