//! What series add up to: the range of their values, their stacks, their unbroken runs.

use super::{Kind, data::Figures};

/// From where to where each value of each series stands on those before it: positive ones upwards, negative ones downwards.
pub(super) fn stacks(figures: &Figures) -> Vec<Vec<Option<(f64, f64)>>> {
    let mut ends = vec![(0.0, 0.0); figures.positions.len()];
    let stack = |(value, (below, above)): (&Option<f64>, &mut (f64, f64))| {
        let value = (*value)?;
        let end = if value < 0.0 { below } else { above };
        let from = *end;
        *end += value;
        Some((from, *end))
    };
    figures.series.iter().map(|series| series.values.iter().zip(&mut ends).map(stack).collect()).collect()
}

/// The least and the greatest value that the chart has to show. Bars and areas begin at nothing, and so do lines unless they are far from it.
pub(super) fn extent(figures: &Figures, kind: Kind) -> (f64, f64) {
    let (low, high) = if matches!(kind, Kind::Stacked | Kind::Area) {
        range(stacks(figures).iter().flatten().flatten().flat_map(|(from, to)| [*from, *to]))
    } else {
        range(figures.series.iter().flat_map(|series| series.values.iter().flatten().copied()))
    };
    let is_far = matches!(kind, Kind::Line | Kind::Dot) && (low > high * 0.5 || high < low * 0.5);
    if is_far { (low, high) } else { (low.min(0.0), high.max(0.0)) }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    if low <= high { (low, high) } else { (0.0, 0.0) }
}

/// The unbroken runs of a list: its items without the gaps between.
pub(super) fn runs<T: Copy>(items: &[Option<T>]) -> Vec<Vec<T>> {
    let runs = items.split(Option::is_none).map(|run| run.iter().flatten().copied().collect::<Vec<T>>());
    runs.filter(|run| !run.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::data::{Positions, Series},
        *,
    };

    fn figures(columns: &[&[Option<f64>]]) -> Figures {
        let series = |values: &&[Option<f64>]| Series { name: String::new(), values: values.to_vec(), decimals: 0 };
        let names = columns[0].iter().map(|_| String::new()).collect();
        let series = columns.iter().map(series).collect();
        Figures { heading: String::new(), positions: Positions::Names(names), series }
    }

    #[test]
    fn stacks_grow_both_ways() {
        let figures = figures(&[&[Some(1.0), Some(-1.0)], &[None, Some(2.0)], &[Some(3.0), Some(-4.0)]]);
        assert_eq!(
            stacks(&figures),
            [[Some((0.0, 1.0)), Some((0.0, -1.0))], [None, Some((0.0, 2.0))], [Some((1.0, 4.0)), Some((-1.0, -5.0))]]
        );
        assert_eq!(extent(&figures, Kind::Stacked), (-5.0, 4.0));
        assert_eq!(extent(&figures, Kind::Bar), (-4.0, 3.0));
    }

    #[test]
    fn only_lines_may_leave_nothing_out() {
        let check = |values: &[f64], kind: Kind, expected: (f64, f64)| {
            let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
            assert_eq!(extent(&figures(&[&values]), kind), expected, "{values:?}");
        };
        check(&[80.0, 100.0], Kind::Line, (80.0, 100.0));
        check(&[80.0, 100.0], Kind::Bar, (0.0, 100.0));
        check(&[20.0, 100.0], Kind::Line, (0.0, 100.0));
        check(&[-100.0, -80.0], Kind::Dot, (-100.0, -80.0));
        check(&[-1.0, 1.0], Kind::Line, (-1.0, 1.0));
    }

    #[test]
    fn gaps_break_lines() {
        assert_eq!(runs(&[Some(1), Some(2), None, None, Some(3)]), [vec![1, 2], vec![3]]);
        assert_eq!(runs::<u8>(&[None]), Vec::<Vec<u8>>::new());
    }
}
