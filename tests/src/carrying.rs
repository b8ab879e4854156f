//! Carrying: what comes in on one connection goes out on another.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

/// What is carried at a time.
const PIECE: usize = 16 << 10;

/// Carries what comes, on a thread, until the one end closes: the other hears so. `goes` may wait before a piece goes on,
/// and says whether it does; where none does any more, both ends are closed.
pub fn carry(mut from: TcpStream, mut to: TcpStream, goes: impl Fn() -> bool + Send + 'static) {
    std::thread::spawn(move || {
        let mut piece = vec![0; PIECE];
        loop {
            let come = match from.read(&mut piece) {
                Ok(n @ 1..) => piece.get(..n).unwrap_or_default(),
                // One that is closed already needs nothing.
                Ok(0) => return drop(to.shutdown(Shutdown::Write)),
                Err(_) => break,
            };
            if !goes() || to.write_all(come).is_err() {
                break;
            }
        }
        drop((from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both)));
    });
}
