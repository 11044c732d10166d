"""What can go wrong while a program is rendered, for people to read."""


class OfflineError(Exception):
    """A rendering that did not come to its end; the text says why, with no traceback needed."""


class InputError(OfflineError):
    """The project's files, or what the program found in them, cannot be used: for the user to mend."""


class ProgramError(OfflineError):
    """The program failed."""


class LookUpError(OfflineError):
    """The program asked for something that exists outside it, and nobody gave the answer."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(
            f"{what}: a look-up, and an offline preview has nobody to ask; "
            f"pass the value in as configuration, or give the answer in {where}"
        )
