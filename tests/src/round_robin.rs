//! A round-robin in front of several servers: each connection goes to the next of them that takes it.

#![expect(clippy::unwrap_used, reason = "a test without a way to its servers fails")]

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::carrying::carry;

/// The way in. Dropped, it takes nobody any more.
#[derive(Debug)]
pub struct RoundRobin {
    port: u16,
    is_over: Arc<AtomicBool>,
}

impl RoundRobin {
    /// In front of whoever listens at these addresses.
    pub fn before(servers: Vec<String>) -> RoundRobin {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        std::thread::spawn(move || take_all(&listener, servers, &ends));
        RoundRobin { port, is_over }
    }

    /// Where people come to.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for RoundRobin {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        // Whoever waits for the next connection looks up; nobody waits when this fails.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

fn take_all(listener: &TcpListener, mut servers: Vec<String>, is_over: &AtomicBool) {
    for client in listener.incoming().map_while(Result::ok) {
        if is_over.load(Ordering::Acquire) {
            return;
        }
        let n = servers.len();
        let mut next = (0..n).filter_map(|_| {
            servers.rotate_left(1);
            TcpStream::connect(servers.last()?).ok()
        });
        // Where nobody takes it, whoever came hears so as without a way between.
        let Some(server) = next.next() else { continue };
        drop((client.set_nodelay(true), server.set_nodelay(true)));
        let (Ok(from), Ok(to)) = (client.try_clone(), server.try_clone()) else { continue };
        carry(from, to, || true);
        carry(server, client, || true);
    }
}
