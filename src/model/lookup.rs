//! A map that can be asked but not walked, so that hash order can reach no output.

#[expect(clippy::disallowed_types, reason = "wrapped so that it cannot be iterated")]
use std::collections::HashMap;
use std::{borrow::Borrow, hash::Hash};

use foldhash::fast::RandomState;

/// A hash map without iteration.
#[derive(Debug, Clone)]
#[expect(clippy::disallowed_types, reason = "wrapped so that it cannot be iterated")]
pub struct Lookup<K, V>(HashMap<K, V, RandomState>);

impl<K, V> Default for Lookup<K, V> {
    fn default() -> Self {
        #[expect(clippy::disallowed_types, reason = "wrapped so that it cannot be iterated")]
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash, V> Lookup<K, V> {
    /// An empty map with room for so many keys.
    pub fn with_room_for(keys: usize) -> Self {
        #[expect(clippy::disallowed_types, reason = "wrapped so that it cannot be iterated")]
        Self(HashMap::with_capacity_and_hasher(keys, RandomState::default()))
    }

    /// The value under `key`.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// Whether there is a value under `key`.
    pub fn contains<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// Puts `value` under `key`, and returns what stood there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.0.insert(key, value)
    }

    /// Takes out the value under `key`.
    pub fn take<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove(key)
    }

    /// The value under `key`, made by `V::default()` if there is none.
    pub fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.0.entry(key).or_default()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Eq + Hash, V> FromIterator<(K, V)> for Lookup<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}
