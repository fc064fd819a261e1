//! The figures of groups, which are known as far as their members are.
//!
//! Not for: breadth itself (`compute::groups`).

use super::figures::{Figures, Found, Why, count, lacks_rate};
use crate::domain::check::Value;
use crate::domain::expr::Field;
use crate::domain::snapshot::GroupRow;
use crate::domain::{Absent, InstrumentId, Percent};

impl Figures<'_, '_> {
    /// A group's figure: a member without a move leaves a count open by one and the others unknown.
    pub(super) fn of_group(&self, group: &GroupRow, field: Field) -> Found {
        let mut found = self.breadth(group, field);
        self.want_of_rates(group, &mut found);
        found.why = self.member_not_final(group).or(found.why);
        found
    }

    /// Says of which members only a rate is missing.
    fn want_of_rates(&self, group: &GroupRow, found: &mut Found) {
        let lacks = |id: &&InstrumentId| self.row(id).is_some_and(lacks_rate);
        let lacking: Vec<InstrumentId> = group.absent_members.iter().filter(lacks).cloned().collect();
        let (Some((code, why)), false) = (&mut found.why, lacking.is_empty()) else { return };
        if lacking.len() == group.absent_members.len() {
            *code = Absent::NoFx.code();
        }
        *why = format!("{why}; no rate in {} of {}", self.report.currency, ids(&lacking));
    }

    /// Why a group cannot be used: a member is stale, or live.
    fn member_not_final(&self, group: &GroupRow) -> Option<Why> {
        let members = self.inputs.universe.group(&group.id).map(|g| g.members.as_slice()).unwrap_or_default();
        let with_close = members.iter().filter_map(|id| self.row(id)).filter(|r| r.close.is_some());
        with_close.filter_map(|row| self.not_final(row, Field::Close)).next()
    }

    fn breadth(&self, group: &GroupRow, field: Field) -> Found {
        let counted = |n: usize, open: &[InstrumentId]| {
            if open.is_empty() {
                return Found::number(count(n));
            }
            Found::between(count(n), Some(count(n + open.len())), without(open))
        };
        let whole = |value: Option<Percent>| whole(group, value.map(|p| Value::Number(p.0)));
        let member = |id: Option<&InstrumentId>| self::whole(group, id.map(|id| Value::Word(id.to_string())));
        let absent = &group.absent_members;
        match field {
            Field::Advancers => counted(group.advancers, absent),
            Field::Decliners => counted(group.decliners, absent),
            Field::Unchanged => counted(group.unchanged, absent),
            Field::Missing => Found::number(count(group.absent)),
            Field::Median => whole(group.median_1d_pct),
            Field::Mean => whole(group.mean_1d_pct),
            Field::Above50d => whole(group.above_50d.pct),
            Field::Best => member(group.best.as_ref()),
            Field::BestMove => whole(group.best_1d_pct),
            Field::Worst => member(group.worst.as_ref()),
            Field::WorstMove => whole(group.worst_1d_pct),
            Field::LimitUp => counted(group.limit_up.len(), &self.without_limit(group)),
            Field::LimitDown => counted(group.limit_down.len(), &self.without_limit(group)),
            _ => Found::absent(Absent::NoneSet),
        }
    }

    /// Members of which it is not known whether they closed at their limit.
    fn without_limit(&self, group: &GroupRow) -> Vec<InstrumentId> {
        let members = self.inputs.universe.group(&group.id).map(|g| g.members.clone()).unwrap_or_default();
        let unknown = |id: &InstrumentId| {
            let row = self.row(id).filter(|r| r.close.is_some());
            row.is_none_or(|r| r.limit.absent.is_some_and(|a| a != Absent::NoneSet))
        };
        members.into_iter().filter(unknown).collect()
    }
}

/// A figure that hinges on every member.
fn whole(group: &GroupRow, value: Option<Value>) -> Found {
    match value {
        _ if !group.absent_members.is_empty() => Found::not("missing", without(&group.absent_members)),
        Some(value) => Found { value: Some(value), ..Found::default() },
        None => Found::absent(Absent::NoneSet),
    }
}

fn without(ids: &[InstrumentId]) -> String {
    format!("not known of {}", self::ids(ids))
}

fn ids(ids: &[InstrumentId]) -> String {
    ids.iter().map(InstrumentId::as_str).collect::<Vec<_>>().join(", ")
}
