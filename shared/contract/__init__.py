"""What goes over HTTP, exactly as API.md has it, with the additions beside it."""
