//! What tells a value from any other, in sixteen bytes.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// Tells a value from any other: the first half of the BLAKE3 hash of all that its type hashes.
///
/// Good for one program on one machine: what is hashed, and in which order, is for the compiler to say. Whoever keeps one keeps with it by which
/// program it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest of bytes: the first half of their BLAKE3 hash, the same for every program on every machine.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        blake3::hash(bytes).into()
    }

    /// The digest that has these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The digest of a value. What a type leaves out of its hash, two digests do not tell apart.
    pub fn of(value: &(impl Hash + ?Sized)) -> Self {
        let mut hashing = Hashing(Vec::with_capacity(256));
        value.hash(&mut hashing);
        Self::of_bytes(&hashing.0)
    }

    /// Ten hexadecimal digits of it, which tell two editions of a file apart.
    pub(crate) fn fingerprint(&self) -> String {
        use std::fmt::Write as _;
        self.0[..5].iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl From<blake3::Hash> for Digest {
    /// The first half of a hash.
    fn from(hash: blake3::Hash) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&hash.as_bytes()[..16]);
        Self(short)
    }
}

/// All that a value hashes, which comes in pieces of a few bytes: hashed at once, it costs a third.
struct Hashing(Vec<u8>);

impl Hasher for Hashing {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        let hash = blake3::hash(&self.0);
        let (first, _) = hash.as_bytes().split_first_chunk().expect("a hash has 32 bytes");
        u64::from_le_bytes(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_differ_have_digests_that_differ() {
        assert_eq!(Digest::of(&("a", 1)), Digest::of(&("a", 1)));
        assert_ne!(Digest::of(&("ab", "c")), Digest::of(&("a", "bc")));
        assert_ne!(Digest::of(&None::<&str>), Digest::of(&Some("")));
        assert_ne!(Digest::of(&vec![1, 2]), Digest::of(&vec![2, 1]));
    }
}
