//! From values to places: round numbers along an axis, straight scales, and bands for names.

/// The most steps that are tried for a round one: guards against a range that has no end.
const MOST_TICKS: usize = 12;

/// Round numbers that span a range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ticks {
    /// Rising, the first at or below the range and the last at or above it.
    pub(super) values: Vec<f64>,
    /// How many decimals tell them apart.
    pub(super) decimals: usize,
}

impl Ticks {
    /// Round numbers around `low` to `high`, about `wanted` of them, at least two.
    pub(super) fn around(low: f64, high: f64, wanted: usize) -> Self {
        let (low, high) = if low < high {
            (low, high)
        } else if low == 0.0 {
            (0.0, 1.0)
        } else {
            (low - low.abs() / 2.0, low + low.abs() / 2.0)
        };
        let step = round_step((high - low) / float(wanted.max(1)));
        let first = (low / step + 1e-9).floor();
        let last = (high / step - 1e-9).ceil();
        let mut values = Vec::new();
        let mut at = first;
        while at <= last && values.len() < MOST_TICKS * 2 {
            values.push(at * step);
            at += 1.0;
        }
        let mut decimals = 0;
        let mut rest = step;
        while rest < 0.999_999 && decimals < 12 {
            rest *= 10.0;
            decimals += 1;
        }
        Self { values, decimals }
    }

    /// The first and the last.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.values.first().copied().unwrap_or(0.0), self.values.last().copied().unwrap_or(1.0))
    }
}

/// The least of 1, 2, 5 and 10 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * power >= least * 0.999_999);
    times.unwrap_or(10.0) * power
}

/// A number of things as a factor.
pub(super) fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// A straight scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Linear {
    pub(super) domain: (f64, f64),
    pub(super) range: (f64, f64),
}

impl Linear {
    /// The place of a value; of any value where the domain is a single one, the middle.
    pub(super) fn at(&self, value: f64) -> f64 {
        let (low, high) = self.domain;
        let part = if high > low { (value - low) / (high - low) } else { 0.5 };
        self.range.0 + (self.range.1 - self.range.0) * part
    }
}

/// Equal bands for things without a measure, with gaps between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bands {
    pub(super) count: usize,
    pub(super) range: (f64, f64),
}

impl Bands {
    /// From the start of one band to that of the next.
    pub(super) fn step(&self) -> f64 {
        (self.range.1 - self.range.0) / float(self.count.max(1))
    }

    /// The middle of a band.
    pub(super) fn middle(&self, index: usize) -> f64 {
        self.range.0 + self.step() * (float(index) + 0.5)
    }
}

/// Moves places apart until each is `distance` from the next, as little as can be, within `range`. The order stays; if there is no room they are spread evenly.
pub(super) fn spread(places: &[f64], distance: f64, range: (f64, f64)) -> Vec<f64> {
    let count = places.len();
    let needed = distance * float(count.saturating_sub(1));
    let distance = if needed > range.1 - range.0 { (range.1 - range.0) / float((count - 1).max(1)) } else { distance };
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]).then(a.cmp(b)));
    let mut moved = places.to_vec();
    let mut least = range.0;
    for index in &order {
        moved[*index] = moved[*index].max(least);
        least = moved[*index] + distance;
    }
    let mut most = range.1;
    for index in order.iter().rev() {
        moved[*index] = moved[*index].min(most);
        most = moved[*index] - distance;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_the_range() {
        let check = |low: f64, high: f64, values: &[f64], decimals: usize| {
            let ticks = Ticks::around(low, high, 5);
            let is_near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * high.abs().max(low.abs()).max(1.0);
            assert!(
                ticks.values.len() == values.len() && ticks.values.iter().zip(values).all(is_near),
                "{low} to {high}: {ticks:?}"
            );
            assert_eq!(ticks.decimals, decimals, "{low} to {high}");
        };
        check(0.0, 100.0, &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0], 0);
        check(0.0, 7.9, &[0.0, 2.0, 4.0, 6.0, 8.0], 0);
        check(-3.0, 12.0, &[-5.0, 0.0, 5.0, 10.0, 15.0], 0);
        check(3.41, 3.94, &[3.4, 3.6, 3.8, 4.0], 1);
        check(0.0, 0.04, &[0.0, 0.01, 0.02, 0.03, 0.04], 2);
        check(0.0, 1104.0, &[0.0, 500.0, 1000.0, 1500.0], 0);
        check(0.0, 0.0, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0], 1);
        check(8.0, 8.0, &[4.0, 6.0, 8.0, 10.0, 12.0], 0);
        check(-1e15, 1e15, &[-1e15, -5e14, 0.0, 5e14, 1e15], 0);
    }

    #[test]
    fn scales_place_values() {
        let scale = Linear { domain: (0.0, 10.0), range: (100.0, 0.0) };
        let check = |place: f64, expected: f64| assert!((place - expected).abs() < 1e-9, "{place} is not {expected}");
        check(scale.at(0.0), 100.0);
        check(scale.at(5.0), 50.0);
        check(Linear { domain: (3.0, 3.0), range: (0.0, 10.0) }.at(3.0), 5.0);
        let bands = Bands { count: 4, range: (0.0, 40.0) };
        check(bands.middle(0), 5.0);
        check(bands.middle(3), 35.0);
        check(bands.step(), 10.0);
    }

    #[test]
    fn labels_move_apart_and_stay_inside() {
        let check = |places: &[f64], moved: &[f64]| assert_eq!(spread(places, 10.0, (0.0, 40.0)), moved, "{places:?}");
        check(&[5.0, 30.0], &[5.0, 30.0]);
        check(&[20.0, 20.0], &[20.0, 30.0]);
        check(&[38.0, 39.0], &[30.0, 40.0]);
        check(&[0.0; 5], &[0.0, 10.0, 20.0, 30.0, 40.0]);
        check(&[0.0; 9], &[0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0]);
        check(&[], &[]);
    }
}
