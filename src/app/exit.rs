//! Exit codes, computed in one place from the finished report.

use crate::domain::check::{Checked, Verdict};
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
    /// A condition holds.
    Holds,
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
            Exit::Holds => 10,
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

    /// The code of checked conditions, from that of the report they were checked on: a condition that holds
    /// comes before all that is missing, and one that is not known is no less than a row that is not settled.
    #[must_use]
    pub fn of_check(report: Self, expressions: &[Checked]) -> Self {
        let any = |verdict| expressions.iter().any(|e| e.verdict == verdict);
        match report {
            _ if any(Verdict::Holds) => Exit::Holds,
            Exit::Complete | Exit::Partial if any(Verdict::Unknown) => Exit::NotSettled,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_comes_before_all_that_is_missing_and_unknown_before_partial() {
        let of = |report, verdicts: &[Verdict]| {
            let checked = |verdict: &Verdict| Checked {
                expression: String::new(),
                verdict: *verdict,
                reasons: Vec::new(),
                values: Vec::new(),
            };
            Exit::of_check(report, &verdicts.iter().map(checked).collect::<Vec<_>>()).code()
        };
        let (yes, no, open) = (Verdict::Holds, Verdict::DoesNotHold, Verdict::Unknown);
        for report in [Exit::Complete, Exit::Partial, Exit::NotSettled, Exit::Empty, Exit::Unauthorised] {
            assert_eq!(of(report, &[no, open, yes]), 10);
            assert_eq!(of(report, &[no, no]), report.code());
        }
        // 6 before 5 before 4 before 3.
        assert_eq!(of(Exit::Complete, &[no, open]), 4);
        assert_eq!(of(Exit::Partial, &[no, open]), 4);
        assert_eq!(of(Exit::Empty, &[open]), 5);
        assert_eq!(of(Exit::Unauthorised, &[open]), 6);
    }
}
