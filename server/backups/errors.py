"""Why a backup could not be taken, found or put back."""

from __future__ import annotations

from schemas.errors import TidemarkError

__all__ = ["BackupError"]


class BackupError(TidemarkError):
    """Something about a backup that its operator can mend; the sentence says what and how."""

    code = "backup_failed"
