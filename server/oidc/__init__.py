"""Sign-in by OpenID Connect: a school's or an authority's own accounts open Tidemark.

``settings`` says what a provider is; ``provider`` speaks with it; ``tokens`` verifies what it
signs; ``attempt`` ties a sign-in to the browser that began it; ``people`` finds or makes the
account; ``providers`` are all of them, side by side.
"""
