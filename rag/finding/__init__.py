"""Question -> passages -> evidence, and whether that answers it."""
