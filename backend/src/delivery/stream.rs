//! A connection that remembers whether anything was written through it: the difference between "cannot have been
//! received" and "may have been received". And when the answer's first byte came.

use std::{
    io,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

/// When bytes of the request were first handed to a connection, and when bytes of the answer first came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traffic(Arc<Moments>);

#[derive(Debug, Default)]
struct Moments {
    written: OnceLock<Instant>,
    answered: OnceLock<Instant>,
}

impl Traffic {
    /// Whether anything was written.
    pub(crate) fn is_written(&self) -> bool {
        self.0.written.get().is_some()
    }

    /// How long after the request's first byte the answer's first byte came.
    pub(crate) fn first_byte_after(&self) -> Option<Duration> {
        let (written, answered) = (self.0.written.get()?, self.0.answered.get()?);
        Some(answered.saturating_duration_since(*written))
    }
}

/// A stream above TLS (or TCP, where there is none), so that handshakes do not count as the request.
#[derive(Debug)]
pub(crate) struct WatchedStream<S> {
    inner: S,
    traffic: Traffic,
}

impl<S> WatchedStream<S> {
    /// Watches a stream.
    pub(crate) fn new(inner: S, traffic: Traffic) -> Self {
        Self { inner, traffic }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WatchedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let filled = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(context, buffer);
        if buffer.filled().len() > filled {
            self.traffic.0.answered.get_or_init(Instant::now);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WatchedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        if matches!(written, Poll::Ready(Ok(count)) if count > 0) {
            self.traffic.0.written.get_or_init(Instant::now);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
