//! Letters between nodes, by Redis's publishing: whoever listens hears them, and nobody keeps them.

use std::sync::Arc;
use std::time::Duration;

use redis::{Connection, PushKind, RedisResult, Value};

use super::connecting::{Connected, PATIENCE};
use super::failure::sorted;
use super::{RedisLog, Shared};
use crate::cluster::log::LogFailure;
use crate::cluster::post::{Inbound, Outbound};

impl Outbound for RedisLog {
    fn send(&mut self, to: &str, letter: &[u8]) -> Result<bool, LogFailure> {
        let sent = self.ask(|connection, keys| {
            redis::cmd("PUBLISH").arg(keys.letters_to(to)).arg(letter).query(connection)
        })?;
        Ok(matches!(sent, Value::Int(heard) if heard > 0))
    }
}

/// Where letters to one node come: a connection that does nothing else.
pub(super) struct Letters {
    shared: Arc<Shared>,
    node: String,
    connected: Option<Connected>,
}

impl Letters {
    pub(super) fn to(shared: Arc<Shared>, node: &str) -> Letters {
        Letters { shared, node: node.to_owned(), connected: None }
    }

    fn listening(&mut self) -> Result<Connected, LogFailure> {
        let connecting = &self.shared.connecting;
        let known = self.connected.take();
        if let Some(known) = known.filter(|known| connecting.is_last(&known.run)) {
            return Ok(known);
        }
        let mut connected = connecting.connect(&self.shared.keys)?;
        let letters = self.shared.keys.letters_to(&self.node);
        subscribe(&mut connected.connection, &letters).map_err(sorted)?;
        Ok(connected)
    }
}

impl Inbound for Letters {
    fn next(&mut self, wait_millis: u64) -> Result<Option<Vec<u8>>, LogFailure> {
        let mut connected = self.listening()?;
        let wait = Duration::from_millis(wait_millis.max(1));
        connected.connection.set_read_timeout(Some(wait)).map_err(sorted)?;
        match connected.connection.recv_response() {
            Ok(heard) => {
                self.connected = Some(connected);
                Ok(letter(heard))
            }
            // Nobody wrote: the connection is as it was.
            Err(error) if error.is_timeout() => {
                self.connected = Some(connected);
                Ok(None)
            }
            Err(error) => Err(sorted(error)),
        }
    }
}

/// From here on letters come by themselves. In the third form of the protocol they are told apart from answers; in the
/// second, whoever waited in vain would be taken to have missed an answer, and the next letter for that.
fn subscribe(connection: &mut Connection, letters: &str) -> RedisResult<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    redis::cmd("HELLO").arg(3).query::<Value>(connection)?;
    let subscribe = redis::cmd("SUBSCRIBE").arg(letters).get_packed_command();
    connection.send_packed_command(&subscribe)?;
    connection.recv_response().map(drop)
}

/// The letter in what was heard, which says where it came before.
fn letter(heard: Value) -> Option<Vec<u8>> {
    let Value::Push { kind: PushKind::Message, data } = heard else { return None };
    match data.into_iter().next_back() {
        Some(Value::BulkString(bytes)) => Some(bytes),
        Some(_) | None => None,
    }
}
