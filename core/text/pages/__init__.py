"""Pages as they were printed or scanned: PDF, pictures, and what text recognition saw on them."""
