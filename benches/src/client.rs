//! A client that costs as little as one can: prepared bytes out, the status and length of the answer in.
//!
//! Client and server share the machine, so whatever the client spends is missing on the other side.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A longer answer is none that is measured here.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// A connection that is kept, one request after the other.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(4_096) })
    }

    /// Sends a prepared request and reads its answer.
    ///
    /// # Errors
    /// When the server closes the connection, or says what no server of ours says.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the server closed the connection");
            ensure!(self.buffer.len() <= ANSWER_BYTES_MAX, "an answer without an end");
            if let Some((status, from, until)) = answered(&self.buffer)?
                && self.buffer.len() >= until
            {
                let body = self.buffer.get(from..until).context("a body")?;
                return Ok(Answer { status, body });
            }
        }
    }
}

/// The status, and where the body begins and ends, once the head is there.
fn answered(bytes: &[u8]) -> anyhow::Result<Option<(u16, usize, usize)>> {
    let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(bytes.get(..head).unwrap_or_default())?;
    let mut lines = text.split("\r\n");
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)).context("a status")?.parse()?;
    let mut length = None;
    for line in lines {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = Some(value.trim().parse::<usize>()?);
        }
    }
    let Some(length) = length else { bail!("an answer without its length: {text}") };
    Ok(Some((status, head + 4, head + 4 + length)))
}

/// A prepared request: `head` are further lines of its head, each with its end.
pub fn request(method: &str, path: &str, head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{head}Content-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_once_as_many_bytes_are_there_as_it_says() {
        let whole = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok";
        assert_eq!(answered(whole).unwrap(), Some((201, 43, 45)));
        assert_eq!(answered(&whole[..30]).unwrap(), None);
        assert!(answered(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
