//! Connections to Redis: made when they are needed, dropped after what leaves them in doubt, and all to one run of the
//! server.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use compact_str::CompactString;
use redis::{Client, Connection, IntoConnectionInfo, RedisError, RedisResult, TlsCertificates};

use super::failure::sorted;
use super::fitness::{self, Info, Needs};
use super::settings::{BadSettings, Keys, Settings};
use crate::cluster::log::LogFailure;

/// How long a connection may take, with signing in where there is a password.
const CONNECT: Duration = Duration::from_millis(500);

/// How long an answer may take beyond what it was asked to wait for. The server syncs its disk on the one thread that
/// answers everybody, and a busy disk takes hundreds of milliseconds: less patience would break off commits that are
/// about to be answered. More would let a frozen server eat up the time within which leases are renewed.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Makes connections.
#[derive(Debug)]
pub(super) struct Connecting {
    client: Client,
    needs: Needs,
    /// Which run of the server was met last.
    run: Mutex<Option<Run>>,
}

/// A run of the server: from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    id: CompactString,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Fit,
    Unfit,
}

/// A connection.
pub(super) struct Connected {
    pub(super) connection: Connection,
    /// To which run of the server.
    pub(super) run: CompactString,
}

impl Connecting {
    pub(super) fn new(settings: &Settings) -> Result<Connecting, BadSettings> {
        let bad = |error: RedisError| BadSettings::Url(error.to_string());
        let to = settings.url.as_str().into_connection_info().map_err(bad)?;
        // Saying which library this is would be one more answer to wait for.
        let mut redis = to.redis_settings().clone().set_skip_set_lib_name();
        if redis.username().is_some() || redis.password().is_some() {
            return Err(BadSettings::Secret);
        }
        if let Some(user) = &settings.user {
            redis = redis.set_username(user);
        }
        if let Some(password) = &settings.password {
            redis = redis.set_password(&password.0);
        }
        // Otherwise small commands wait for the acknowledgement of what went before.
        let tcp = to.tcp_settings().clone().set_nodelay(true);
        let to = to.set_redis_settings(redis).set_tcp_settings(tcp);
        let client = match &settings.authority {
            None => Client::open(to),
            Some(authority) => {
                let root_cert = Some(authority.clone().into_bytes());
                Client::build_with_tls(to, TlsCertificates { client_tls: None, root_cert })
            }
        };
        let client = client.map_err(bad)?;
        let needs = Needs { durability: settings.durability, cap_bytes: settings.cap_bytes };
        Ok(Connecting { client, needs, run: Mutex::new(None) })
    }

    /// Whether a connection to this run may go on: none to another was made since.
    pub(super) fn is_last(&self, run: &str) -> bool {
        self.last().as_ref().is_some_and(|last| last.id == run)
    }

    /// A new connection to a server that is fit.
    ///
    /// # Errors
    /// [`LogFailure::Away`] and [`LogFailure::Unfit`].
    pub(super) fn connect(&self, keys: &Keys) -> Result<Connected, LogFailure> {
        let (mut connection, info) = self.greeted().map_err(|error| match sorted(error) {
            // Nothing was asked of the log: there are too many connections, or it is no Redis.
            LogFailure::Unclear(said) => LogFailure::Away(said),
            failure @ (LogFailure::Away(_) | LogFailure::Full(_) | LogFailure::Unfit(_)) => failure,
        })?;
        let id = CompactString::from(info.run_id()?);
        let fit = Run { id: id.clone(), standing: Standing::Fit };
        if *self.last() != Some(fit.clone()) {
            // Whoever speaks to the run before is to let go, also while this one cannot be used.
            *self.last() = Some(Run { id: id.clone(), standing: Standing::Unfit });
            fitness::check(&info, &mut connection, keys, &self.needs)?;
            *self.last() = Some(fit);
        }
        Ok(Connected { connection, run: id })
    }

    fn greeted(&self) -> RedisResult<(Connection, Info)> {
        let mut connection = self.client.get_connection_with_timeout(CONNECT)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        let info = fitness::info(&mut connection)?;
        Ok((connection, info))
    }

    fn last(&self) -> MutexGuard<'_, Option<Run>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
