//! Freeing what is large while the build goes on.

use std::ops::Deref;

/// A value that nobody waits for when it is dropped: a thread with nothing else to do takes it apart.
///
/// The index and its pages' values are a million small pieces; freeing them was a fortieth of a build, on one thread at its end.
pub(super) struct Aside<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Aside<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T: Send + 'static> Deref for Aside<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("the value leaves only when it is dropped")
    }
}

impl<T: Send + 'static> Drop for Aside<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        rayon::spawn(move || drop(value));
    }
}
