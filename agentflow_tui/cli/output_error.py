"""Why nothing more can be printed."""

from __future__ import annotations


class OutputError(Exception):
    """Standard output takes no more. No `OSError`, which the command line's library takes for its own."""

    def __init__(self, reason: OSError) -> None:
        """Keep what the system said."""
        super().__init__(reason.strerror or str(reason))
        self.is_reader_gone = isinstance(reason, BrokenPipeError)
        """True when who read it went away (`| head`), of which nobody has to be told."""
