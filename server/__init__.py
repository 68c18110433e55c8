"""How people reach it: the Starlette app, sign-in, routes, publishing, command line, settings."""
