//! Leave to develop: never are more bytes of pixels in memory at once than there is room for.
//!
//! Threads wait here while others work. None of those works in parallel itself, so that no one waits for someone who waits.

use std::sync::{Condvar, Mutex, PoisonError};

/// Room for decoded pictures.
#[derive(Debug)]
pub(super) struct Permits {
    most_bytes: u64,
    taken_bytes: Mutex<u64>,
    given_back: Condvar,
}

impl Permits {
    pub(super) fn new(most_bytes: u64) -> Self {
        Self { most_bytes, taken_bytes: Mutex::new(0), given_back: Condvar::new() }
    }

    fn give_back(&self, bytes: u64) {
        *self.taken_bytes.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
        self.given_back.notify_all();
    }

    /// Does work that needs so many bytes, as soon as there is room for them; alone, if it needs more than all.
    pub(super) fn hold<T>(&self, bytes: u64, work: impl FnOnce(&mut Permit<'_>) -> T) -> T {
        let bytes = bytes.min(self.most_bytes);
        let taken = self.taken_bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let has_no_room = |taken: &mut u64| *taken + bytes > self.most_bytes;
        let mut taken = self.given_back.wait_while(taken, has_no_room).unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        drop(taken);
        work(&mut Permit { permits: self, bytes })
    }
}

/// Room that is taken. Gives it back, also if the work panics.
pub(super) struct Permit<'a> {
    permits: &'a Permits,
    bytes: u64,
}

impl Permit<'_> {
    /// Gives back all but so many bytes.
    pub(super) fn shrink_to(&mut self, bytes: u64) {
        self.permits.give_back(self.bytes.saturating_sub(bytes));
        self.bytes = self.bytes.min(bytes);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.permits.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Permits;

    #[test]
    fn never_more_than_there_is_room_for() {
        let (permits, held, most) = (Permits::new(100), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for bytes in [60, 30, 50, 1000, 10, 90, 40] {
                let (permits, held, most) = (&permits, &held, &most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        permits.hold(bytes, |_| {
                            let now = held.fetch_add(bytes.min(100), Ordering::SeqCst) + bytes.min(100);
                            most.fetch_max(now, Ordering::SeqCst);
                            held.fetch_sub(bytes.min(100), Ordering::SeqCst);
                        });
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 100 && most.load(Ordering::SeqCst) > 0);
    }

    #[test]
    fn room_that_is_needed_no_more_is_for_others() {
        let permits = Permits::new(10);
        permits.hold(10, |permit| {
            permit.shrink_to(4);
            permit.shrink_to(7);
            assert_eq!(permits.hold(6, |_| 1), 1);
        });
        assert_eq!(permits.hold(10, |_| 1), 1);
    }

    #[test]
    fn work_that_panics_gives_its_room_back() {
        let permits = Permits::new(10);
        let panics = std::panic::AssertUnwindSafe(|| permits.hold(10, |_| panic!("a decoder failed")));
        assert!(std::panic::catch_unwind(panics).is_err());
        assert_eq!(permits.hold(10, |_| 1), 1);
    }
}
