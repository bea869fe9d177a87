"""The optional engine on Vertex AI: with it, and only with it, transcripts leave the deployment.

`analyzer.GeminiAnalyzer` implements the `Analyzer` port. The model points at words; everything
that is stored is looked up or computed here: offsets, quotes, ids, counts and strengths.
"""
