//! What is told where a report was to be settled and is not.
//!
//! Not for: what is not settled (`compute::report`).

use crate::app::output::Console;
use crate::app::plan::Plan;
use crate::compute::Chosen;
use crate::compute::report::{Lacking, Unsettled};

/// Names the markets and what to do.
pub(super) fn tell(plan: &Plan, unsettled: &[Unsettled], console: &mut Console<'_>) {
    console.say("error: not every market is settled, so no report was written");
    for market in unsettled {
        let ids: Vec<&str> = market.ids.iter().map(|id| id.as_str()).collect();
        let (venue, session) = (&market.venue, market.session);
        let state = match market.why {
            Lacking::Open(until) => format!("is open until {}", until.format("%Y-%m-%d %H:%M UTC")),
            Lacking::Opens(at) => {
                format!("has its session of {session} from {}", at.format("%Y-%m-%d %H:%M UTC"))
            }
            Lacking::Unpublished => format!("has no close of {session} yet, although that session is over"),
        };
        console.say(&format!("  {venue} {state}: {}", ids.join(", ")));
    }
    console.say(&format!(
        "  hint: `{}` waits for them; without --require-settled the report is written with what there is",
        waiting(plan)
    ));
}

/// The command that waits for what the plan shows.
fn waiting(plan: &Plan) -> String {
    let named = plan.chosen.iter().filter(|_| !plan.by_section).map(|chosen| match chosen {
        Chosen::Instrument(id) | Chosen::Composite(id) | Chosen::Group(id) => id.as_str(),
    });
    ["marketsnap wait"].into_iter().chain(named).collect::<Vec<_>>().join(" ")
}
