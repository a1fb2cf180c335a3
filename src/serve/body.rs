//! The three shapes of a response's body.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
    sync::mpsc,
};

/// How much of a file is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// What follows a response's headers.
#[derive(Debug)]
pub(super) enum Body {
    /// Bytes that are at hand.
    Whole(Option<Bytes>),
    /// A file, read as the caller takes it.
    File {
        /// Read from where it stands.
        file: File,
        /// How many bytes were promised and are not yet sent.
        left: u64,
    },
    /// Lines that come as things happen, for as long as both sides stay.
    Events(mpsc::Receiver<Bytes>),
}

impl Body {
    pub(super) fn empty() -> Self {
        Self::Whole(None)
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self::Whole(Some(bytes.into()).filter(|bytes| !bytes.is_empty()))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(match self.get_mut() {
            Self::Whole(bytes) => bytes.take().map(|bytes| Ok(Frame::data(bytes))),
            Self::File { left: 0, .. } => None,
            Self::File { file, left } => {
                let size = usize::try_from(*left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
                let mut chunk = vec![0; size];
                let mut read = ReadBuf::new(&mut chunk);
                let ended = ready!(Pin::new(file).poll_read(context, &mut read));
                let len = read.filled().len();
                chunk.truncate(len);
                *left -= len as u64;
                Some(match ended {
                    // Less than was promised: breaking off is the only way left to say so.
                    Ok(()) if len == 0 => Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(()) => Ok(Frame::data(chunk.into())),
                    Err(error) => Err(error),
                })
            }
            Self::Events(lines) => ready!(lines.poll_recv(context)).map(|line| Ok(Frame::data(line))),
        })
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None) | Self::File { left: 0, .. })
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::File { left, .. } => SizeHint::with_exact(*left),
            Self::Events(_) => SizeHint::default(),
        }
    }
}
