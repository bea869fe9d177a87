"""Text to elements: what was felt, talked about, believed, struggled with, understood, agreed.

`shared.analysis.engine.LocalAnalyzer` reads with the shipped model, on this machine only;
`shared.analysis.noop.NoopAnalyzer` finds nothing. Both implement the `Analyzer` port.
"""
