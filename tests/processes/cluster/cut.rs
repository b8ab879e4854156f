//! A way from a node to Redis that can be cut, one way or both: what is sent along it waits until the way is mended.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

use duban_tests::carrying::carry;

/// Where a way is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    Nowhere,
    /// Nothing comes to Redis.
    There,
    /// Redis hears, and nothing of its answers comes back.
    Back,
    BothWays,
}

/// The way. Dropped, it is cut for good and takes nobody any more.
pub(crate) struct Way {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    /// Host and port.
    redis: String,
    state: Mutex<State>,
    mended: Condvar,
}

struct State {
    cut: Cut,
    is_over: bool,
}

impl Way {
    /// To the Redis that is reached here.
    pub(crate) fn to(redis: &str) -> Way {
        let redis = redis.trim_start_matches("redis://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Mutex::new(State { cut: Cut::Nowhere, is_over: false });
        let shared = Arc::new(Shared { redis, state, mended: Condvar::new() });
        let taking = Arc::clone(&shared);
        std::thread::spawn(move || take_all(&listener, &taking));
        Way { port, shared }
    }

    /// Where the node comes to.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Cuts the way, or mends it.
    pub(crate) fn cut(&self, cut: Cut) {
        self.shared.state.lock().unwrap().cut = cut;
        self.shared.mended.notify_all();
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap().is_over = true;
        self.shared.mended.notify_all();
        // Whoever waits for the next connection looks up; nobody waits when this fails.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

impl Shared {
    /// Waits while a direction is cut; false when the way is over.
    fn is_open(&self, direction: Cut) -> bool {
        let is_cut = |state: &mut State| {
            !state.is_over && (state.cut == direction || state.cut == Cut::BothWays)
        };
        !self.mended.wait_while(self.state.lock().unwrap(), is_cut).unwrap().is_over
    }
}

fn take_all(listener: &TcpListener, shared: &Arc<Shared>) {
    for node in listener.incoming().map_while(Result::ok) {
        if shared.state.lock().unwrap().is_over {
            return;
        }
        // Nobody is there: the node hears so, as without a way between.
        let Ok(redis) = TcpStream::connect(&shared.redis) else { continue };
        drop((node.set_nodelay(true), redis.set_nodelay(true)));
        let (Ok(from), Ok(to)) = (node.try_clone(), redis.try_clone()) else { continue };
        let (there, back) = (Arc::clone(shared), Arc::clone(shared));
        carry(from, to, move || there.is_open(Cut::There));
        carry(redis, node, move || back.is_open(Cut::Back));
    }
}
