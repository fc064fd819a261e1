//! Exit codes, computed in one place from the finished report.

use crate::domain::snapshot::{Completeness, Failed, Session, Status};

/// How a run ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for is in the output.
    Complete,
    /// Internal or write error.
    Failure,
    /// Bad flag, mistyped id.
    Usage,
    /// Some instruments are missing.
    Partial,
    /// Stale or live under `--require-settled`.
    NotSettled,
    /// Nothing to show.
    Empty,
    /// A source wants a key, or refuses the one it got.
    Unauthorised,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// The process exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Complete => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Partial => 3,
            Exit::NotSettled => 4,
            Exit::Empty => 5,
            Exit::Unauthorised => 6,
            Exit::Interrupted => 130,
        }
    }

    /// The code of a finished report; where several apply, 6 before 5 before 4 before 3.
    #[must_use]
    pub fn of_report<'a>(
        status: Completeness,
        errors: &[Failed],
        sessions: impl Iterator<Item = &'a Session>,
        require_settled: bool,
    ) -> Self {
        let open = |s: &Session| matches!(s.status, Some(Status::Live | Status::Stale | Status::Provisional));
        if errors.iter().any(|e| e.kind == "unauthorised") {
            Exit::Unauthorised
        } else if status == Completeness::Empty {
            Exit::Empty
        } else if require_settled && sessions.into_iter().any(open) {
            Exit::NotSettled
        } else if status == Completeness::Partial {
            Exit::Partial
        } else {
            Exit::Complete
        }
    }
}
