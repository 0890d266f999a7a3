"""A function of the user's that cannot be used."""


class HandlerError(Exception):
    """A `handler` cannot be used; the text names it and says why."""
