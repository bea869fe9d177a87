"""The one HTTP edge of every function: who calls, what they sent, and how they are answered."""
