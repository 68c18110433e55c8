"""How entries and documents move: fold, logs, intake, channels, revision trees.

Pure but for ``sync.stores``; imports ``schemas`` and nothing else of Tidemark's.
"""
