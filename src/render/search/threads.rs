//! Work for threads of their own.
//!
//! One of the pool, as long as it waits, takes up other work: that of another file of the volume, which would wait for this one.

use std::{
    sync::{Mutex, PoisonError},
    thread,
};

/// What `work` makes of each item, in their order.
pub(super) fn each<I, R>(items: impl IntoIterator<Item = I>, work: impl Fn(I) -> R + Sync) -> Vec<R>
where
    I: Send,
    R: Send,
{
    let items: Vec<I> = items.into_iter().collect();
    let mut made: Vec<Option<R>> = items.iter().map(|_| None).collect();
    let next = Mutex::new(items.into_iter().zip(&mut made));
    let next = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let until_none_is_left = || {
        while let Some((item, made)) = next() {
            *made = Some(work(item));
        }
    };
    thread::scope(|scope| {
        let others = rayon::current_num_threads().saturating_sub(1);
        (0..others).for_each(|_| drop(scope.spawn(until_none_is_left)));
        until_none_is_left();
    });
    made.into_iter().flatten().collect()
}
