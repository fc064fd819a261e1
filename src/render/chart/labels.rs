//! Where labels stand that must not lie on each other.
//!
//! Not for: what they say (`scene`, `terminal`).

/// Places for labels that want to stand at `wanted`, each at least `gap` from the next and all between
/// `low` and `high`, moved as little as that takes. Where not all fit, the last ones get none.
pub(super) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<Option<f64>> {
    let room = high - low;
    let mut count = wanted.len();
    while count > 1 && gap * index(count - 1) > room {
        count -= 1;
    }
    if room < 0.0 {
        count = 0;
    }
    let mut order: Vec<(usize, f64)> = wanted.iter().copied().enumerate().take(count).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    // Runs of labels that touch, each centred on where its members want to stand.
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for (_, at) in &order {
        runs.push((clamped(*at, 1, gap, low, high), 1));
        while let [.., (above, n), (below, m)] = *runs.as_slice() {
            let ends = above + gap * (index(n) - 1.0) / 2.0;
            let begins = below - gap * (index(m) - 1.0) / 2.0;
            if ends + gap <= begins {
                break;
            }
            runs.truncate(runs.len() - 2);
            // The middles of both as if they were one run, weighted by their number.
            let above = above + gap * index(m) / 2.0;
            let below = below - gap * index(n) / 2.0;
            let middle = (above * index(n) + below * index(m)) / index(n + m);
            runs.push((clamped(middle, n + m, gap, low, high), n + m));
        }
    }
    let places = runs.iter().flat_map(|(middle, n)| {
        let first = middle - gap * (index(*n) - 1.0) / 2.0;
        (0..*n).map(move |i| first + gap * index(i))
    });
    let mut found = vec![None; wanted.len()];
    for ((at, _), place) in order.iter().zip(places) {
        if let Some(slot) = found.get_mut(*at) {
            *slot = Some(place);
        }
    }
    found
}

/// The middle of a run of `n` labels, moved so that all lie within the room.
fn clamped(middle: f64, n: usize, gap: f64, low: f64, high: f64) -> f64 {
    let half = gap * (index(n) - 1.0) / 2.0;
    middle.min(high - half).max(low + half)
}

fn index(n: usize) -> f64 {
    f64::from(u16::try_from(n).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_that_would_touch_share_the_way() {
        // 10 and 11 want 10 between them: 5.5 and 15.5; 50 stays.
        assert_eq!(spread(&[10.0, 50.0, 11.0], 10.0, 0.0, 100.0), [Some(5.5), Some(50.0), Some(15.5)]);
        // At the edge they move inwards.
        assert_eq!(spread(&[0.0, 1.0], 10.0, 0.0, 100.0), [Some(0.0), Some(10.0)]);
        // Three of 10 do not fit in 15: the last asked for goes.
        assert_eq!(spread(&[1.0, 2.0, 3.0], 10.0, 0.0, 15.0)[2], None);
    }

    proptest! {
        #[test]
        fn no_two_labels_overlap_and_none_leaves_the_room(wanted in prop::collection::vec(-50f64..700.0, 0..40), gap in 5f64..40.0) {
            let mut places: Vec<f64> = spread(&wanted, gap, 20.0, 600.0).into_iter().flatten().collect();
            places.sort_by(f64::total_cmp);
            prop_assert!(places.windows(2).all(|w| w[1] - w[0] >= gap - 1e-6), "{places:?}");
            prop_assert!(places.iter().all(|p| (20.0 - 1e-6..=600.0 + 1e-6).contains(p)), "{places:?}");
        }

        #[test]
        fn labels_keep_the_order_of_their_lines(wanted in prop::collection::vec(0f64..600.0, 2..20)) {
            let places = spread(&wanted, 10.0, 0.0, 600.0);
            for (i, a) in wanted.iter().enumerate() {
                for (j, b) in wanted.iter().enumerate() {
                    prop_assert!(a >= b || places[i] < places[j]);
                }
            }
        }
    }
}
