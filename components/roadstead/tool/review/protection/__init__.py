"""What protects, as a table: which way each property is weaker, and who reads it."""
