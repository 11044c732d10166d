"""What can go wrong while a program is rendered, for people to read."""


class OfflineError(Exception):
    """A rendering that did not come to its end; the text says why, with no traceback needed."""


class ProjectError(OfflineError):
    """The project's or the stack's settings are not usable."""


class ProgramError(OfflineError):
    """The program failed."""


class LookUpError(OfflineError):
    """The program asked for something that exists outside it, and nobody gave the answer."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(
            f"{what}: a look-up, and an offline preview has nobody to ask; "
            f"pass the value in as configuration, or give the answer in {where}"
        )
