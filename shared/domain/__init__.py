"""Pure values and rules of sessions and what is found in them. Standard library only."""
