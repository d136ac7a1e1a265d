"""One specification and its configuration, and what can be asked of them."""

from aioformal.session.session import DEFAULT_TIMEOUT, STAGES, Options, Session

__all__ = ["DEFAULT_TIMEOUT", "STAGES", "Options", "Session"]
