"""What is deployed: one module, one Cloud Run function. Parse, call one use case, render."""
