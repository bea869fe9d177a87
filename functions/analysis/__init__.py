"""What was found in sessions."""
