"""A fictional local authority: a primary, a secondary and a special school, ready to try.

Every person, school and place is invented. All of it follows from a seed and from today's date,
but for the passwords, which are drawn when the demonstration is filled and kept beside it.
"""

from server.demo.fill import DemoAuthority, Progress, fill
from server.demo.sign_ins import SignIn

__all__ = ["DemoAuthority", "Progress", "SignIn", "fill"]
