//! Compressed copies of outputs: bytes that depend on those of their base alone, whatever the machine, its processor or the number of threads.
//!
//! The `brotli` crate estimates costs with floating point numbers; its feature `portable-float` takes logarithms from tables, since those of the
//! system's library differ. `flate2` keeps the encoder that it has for PNG files: Cargo builds one for both, and another would change the bytes of every
//! picture. The header of a gzip file could tell a time, a name and a system (RFC 1952, section 2.3): ours tells none.

use std::io::Seek;

use super::{Content, Failure, Rendered};
use crate::{config::Compression, load, plan::Output};

/// The copy of an output in a form. It has read what its base has.
///
/// # Errors
/// [`Failure::Load`] if a file cannot be read to its end.
pub fn copy(base: &Output, rendered: Rendered, form: Compression) -> Result<Rendered, Failure> {
    let made = match rendered.content {
        Content::Bytes(bytes) => {
            let made = compressed(form, &mut bytes.as_slice(), bytes.len() as u64);
            made.expect("nothing fails to be read from memory")
        }
        Content::Stream(mut file) => {
            let made = file.metadata().and_then(|facts| compressed(form, &mut file, facts.len()));
            made.map_err(|error| {
                let source = base.subject.clone().expect("what is published as it is has a source");
                load::Error::Read(source, error)
            })?
        }
        Content::Kept => unreachable!("of what is kept no copy is made"),
    };
    Ok(Rendered { content: Content::Bytes(made), ..rendered })
}

/// The hash of what was rendered, which can be read from its start afterwards; none if it is kept, or cannot be read.
pub fn hash(rendered: &mut Rendered) -> Option<blake3::Hash> {
    match &mut rendered.content {
        Content::Bytes(bytes) => Some(blake3::hash(bytes)),
        Content::Stream(file) => {
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(&*file).ok()?;
            file.rewind().ok()?;
            Some(hasher.finalize())
        }
        Content::Kept => None,
    }
}

#[cfg(not(feature = "precompress"))]
fn compressed(_: Compression, _: &mut impl std::io::Read, _: u64) -> std::io::Result<Vec<u8>> {
    unreachable!("no copies are planned without the feature `precompress`")
}

#[cfg(feature = "precompress")]
use codecs::compressed;

#[cfg(feature = "precompress")]
mod codecs {
    use std::io::{self, Read, Write};

    use flate2::{Compression as Level, GzBuilder};

    use crate::config::Compression;

    /// Of 0 to 11. On pages, 11 takes twice as long and saves 2 bytes in 100; 9 takes as long and gives 8 in 100 more: the figures are in
    /// `docs/precompression.md`.
    const BROTLI_QUALITY: i32 = 10;

    /// The same for what is so long that it would take seconds, at a megabyte in each. There 9 is five times as fast.
    const BROTLI_QUALITY_OF_LONG: i32 = 9;

    /// From how many bytes on a file is long.
    const LONG_BYTES: u64 = 1024 * 1024;

    /// The least and largest window, as powers of two: decoders have to allow for no larger one (RFC 7932, section 9.1).
    const BROTLI_WINDOW: (u32, u32) = (10, 24);

    /// Of 0 to 9.
    const GZIP_LEVEL: u32 = 9;

    /// How many bytes are read at once.
    const PIECE_BYTES: usize = 64 * 1024;

    /// No known system (RFC 1952, section 2.3.1).
    const UNKNOWN_SYSTEM: u8 = 255;

    pub(super) fn compressed(form: Compression, from: &mut impl Read, len_bytes: u64) -> io::Result<Vec<u8>> {
        match form {
            Compression::Brotli => brotli(from, len_bytes),
            Compression::Gzip => gzip(from),
        }
    }

    fn brotli(from: &mut impl Read, len_bytes: u64) -> io::Result<Vec<u8>> {
        let parameters = brotli::enc::BrotliEncoderParams {
            quality: if len_bytes < LONG_BYTES { BROTLI_QUALITY } else { BROTLI_QUALITY_OF_LONG },
            lgwin: window(len_bytes),
            size_hint: usize::try_from(len_bytes).unwrap_or(usize::MAX),
            ..Default::default()
        };
        let mut made = Vec::new();
        brotli::BrotliCompress(from, &mut made, &parameters)?;
        Ok(made)
    }

    /// The smallest window that all of a file fits into: tables are as large as it, and are cleared for every file.
    fn window(len_bytes: u64) -> i32 {
        let (least, largest) = BROTLI_WINDOW;
        // A window holds 16 bytes less than it is large (RFC 7932, section 9.1).
        let bits = (len_bytes + 16).next_power_of_two().trailing_zeros();
        i32::try_from(bits.clamp(least, largest)).expect("a window has few bits")
    }

    fn gzip(from: &mut impl Read) -> io::Result<Vec<u8>> {
        let header = GzBuilder::new().mtime(0).operating_system(UNKNOWN_SYSTEM);
        let mut encoder = header.write(Vec::new(), Level::new(GZIP_LEVEL));
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match from.read(&mut piece) {
                Ok(0) => return encoder.finish(),
                Ok(len) => encoder.write_all(&piece[..len])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
