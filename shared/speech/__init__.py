"""From media and text to transcripts, and from transcripts to text."""
