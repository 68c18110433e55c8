"""The benches: every figure that Tidemark publishes is printed by one of these modules.

``python -m loadtests`` runs them all; ``loadtests/README.md`` says what each shows and does not.
"""
