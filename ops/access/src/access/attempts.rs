//! Attempts: how many passwords may be tried from where, so that nobody guesses one and nobody shuts another out
//! (`ops/adr/0019`).
//!
//! | who | counted | then |
//! |---|---|---|
//! | a browser that was in before | that browser | pauses of 1 to 15 minutes |
//! | anybody else | the account from that network | pauses of 1 to 15 minutes |
//! |  | that network, whatever the account | one a minute |
//! |  | the account, from wherever | one every two minutes |
//!
//! A browser that was in before passes beside all that strangers are counted by: whatever they try, it is not shut out.
//! In memory alone: a restart forgets, which is nothing that somebody outside can bring about.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use duban_actors::person::{Forgotten, Hidden};
use duban_runtime::clock::Timestamp;

use super::Failure;
use super::origin::Network;
use super::tally::{Key, Rule, Tally};
use duban_base::asking::random;

/// Wrong passwords that one browser, or one network for one account, may try before the first pause.
pub const WRONG_MAX: u32 = 5;
/// The first pause; each one is twice as long as the one before.
pub const PAUSE_FIRST: Duration = Duration::from_mins(1);
/// The longest pause; a wrong password is forgotten after as long.
pub const PAUSE_MAX: Duration = Duration::from_mins(15);
/// Wrong passwords of all accounts that one network may try at once: an office behind one address on a Monday.
pub const NETWORK_WRONG_MAX: u32 = 40;
/// From then on, one every so often.
pub const NETWORK_PAUSE: Duration = Duration::from_mins(1);
/// Wrong passwords that strangers may try for one account at once, from wherever.
pub const ACCOUNT_WRONG_MAX: u32 = 30;
/// From then on, one every so often, from wherever.
pub const ACCOUNT_PAUSE: Duration = Duration::from_mins(2);
/// After how long one of them is forgotten: much later than the next may be tried, so that whoever keeps to the pauses is
/// noticed, too.
pub const ACCOUNT_FORGOTTEN_AFTER: Duration = Duration::from_mins(15);
/// Wrong passwords that strangers may try for an account while an admin has opened it.
pub const ACCOUNT_OPEN_MAX: u32 = 1_000;

const PAIR: Rule =
    Rule { free: WRONG_MAX, forgotten_after: PAUSE_MAX, first: PAUSE_FIRST, most: PAUSE_MAX };
const NETWORK: Rule = Rule {
    free: NETWORK_WRONG_MAX,
    forgotten_after: NETWORK_PAUSE,
    first: NETWORK_PAUSE,
    most: NETWORK_PAUSE,
};
const ACCOUNT: Rule = Rule {
    free: ACCOUNT_WRONG_MAX,
    forgotten_after: ACCOUNT_FORGOTTEN_AFTER,
    first: ACCOUNT_PAUSE,
    most: ACCOUNT_PAUSE,
};

/// Whoever tries a password.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whoever<'a> {
    /// The name that they give; somebody's or nobody's.
    pub(super) login: &'a str,
    pub(super) network: Network,
    pub(super) standing: Familiarity<'a>,
    /// Which wrong passwords of the account are forgotten.
    pub(super) forgotten: Forgotten,
}

/// As what somebody tries a password.
#[derive(Clone, Copy, Debug)]
pub(super) enum Familiarity<'a> {
    /// With a browser in which that person was before; the digest of its secret.
    Known(&'a Hidden),
    /// With a session of that person, who has to say the password again.
    Inside,
    /// As anybody.
    Stranger,
}

/// Why no password is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shut {
    /// Too many were wrong from there for this account, or in this browser.
    Here(Timestamp),
    /// Too many were wrong from there for all accounts.
    Network(Timestamp),
    /// Too many were wrong for this account from everywhere.
    Account(Timestamp),
}

/// A password that is being looked at; it counts as wrong until somebody says otherwise.
#[derive(Debug)]
pub(super) struct Try {
    pair: Key,
    wide: Option<(Key, Key)>,
    /// What it is to the account.
    pub(super) pace: Pace,
}

/// How many strangers try for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// No more than people do.
    Usual,
    /// So many that they are slowed down.
    Guessing,
}

/// What was tried.
pub(super) struct Attempts {
    secret: [u8; 32],
    counted: Mutex<Counted>,
}

struct Counted {
    pairs: Tally,
    networks: Tally,
    accounts: Tally,
}

impl Attempts {
    /// Nothing yet.
    pub(super) fn none() -> Result<Attempts, Failure> {
        let (pairs, networks) = (Tally::by(PAIR), Tally::by(NETWORK));
        let counted = Counted { pairs, networks, accounts: Tally::by(ACCOUNT) };
        Ok(Attempts { secret: random()?, counted: Mutex::new(counted) })
    }

    /// One more try at `now`, counted.
    pub(super) fn begin(&self, who: &Whoever<'_>, now: Timestamp) -> Result<Try, Shut> {
        let key = |parts: &[&[u8]]| {
            let mut hasher = blake3::Hasher::new_keyed(&self.secret);
            for part in parts {
                hasher.update(&part.len().to_le_bytes()).update(part);
            }
            Key::of(hasher.finalize().as_bytes())
        };
        let (login, network) = (who.login.as_bytes(), who.network.bytes());
        let pair = match who.standing {
            Familiarity::Known(browser) => key(&[b"browser", login, browser.expose().as_bytes()]),
            Familiarity::Inside | Familiarity::Stranger => key(&[b"pair", login, &network]),
        };
        let wide = match who.standing {
            Familiarity::Known(_) | Familiarity::Inside => None,
            Familiarity::Stranger => {
                Some((key(&[b"network", &network]), key(&[b"account", login])))
            }
        };
        let (forgotten, never) = (who.forgotten.until, Forgotten::NONE.until);
        let mut counted = self.lock();
        let Counted { pairs, networks, accounts } = &mut *counted;
        if let Some(until) = pairs.shut(pair, (forgotten, pairs.free()), now) {
            return Err(Shut::Here(until));
        }
        let mut pace = Pace::Usual;
        if let Some((network, account)) = wide {
            if let Some(until) = networks.shut(network, (never, networks.free()), now) {
                return Err(Shut::Network(until));
            }
            let most = (forgotten, borne(who.forgotten, now));
            if let Some(until) = accounts.shut(account, most, now) {
                return Err(Shut::Account(until));
            }
            networks.count(network, never, now);
            accounts.count(account, forgotten, now);
            if accounts.shut(account, most, now).is_some() {
                pace = Pace::Guessing;
            }
        }
        pairs.count(pair, forgotten, now);
        Ok(Try { pair, wide, pace })
    }

    /// The password was right: what was wrong from there is forgotten.
    pub(super) fn right(&self, tried: &Try) {
        let mut counted = self.lock();
        counted.pairs.forget(tried.pair);
        counted.take_back_wide(tried);
    }

    /// No password was looked at after all.
    pub(super) fn undone(&self, tried: &Try) {
        let mut counted = self.lock();
        counted.pairs.take_back(tried.pair);
        counted.take_back_wide(tried);
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn take_back_wide(&mut self, tried: &Try) {
        if let Some((network, account)) = tried.wide {
            self.networks.take_back(network);
            self.accounts.take_back(account);
        }
    }
}

/// How many wrong ones are borne for an account.
fn borne(forgotten: Forgotten, now: Timestamp) -> u32 {
    let is_open = forgotten.until <= now && now < forgotten.open_until;
    if is_open { ACCOUNT_OPEN_MAX } else { ACCOUNT_WRONG_MAX }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_772_420_400_000);

    fn network(n: u8) -> Network {
        Network::of(IpAddr::from([203, 0, 113, n]))
    }

    fn stranger(login: &str, n: u8) -> Whoever<'_> {
        let standing = Familiarity::Stranger;
        Whoever { login, network: network(n), standing, forgotten: Forgotten::NONE }
    }

    #[test]
    fn whoever_guesses_shuts_out_nobody_but_themselves() {
        let tries = Attempts::none().unwrap();
        for _ in 0..WRONG_MAX {
            tries.begin(&stranger("zhao", 1), NOON).unwrap();
        }
        let shut = tries.begin(&stranger("zhao", 1), NOON).unwrap_err();
        assert_eq!(shut, Shut::Here(NOON + PAUSE_FIRST));
        tries.begin(&stranger("zhao", 2), NOON).unwrap();
        tries.begin(&stranger("qian", 1), NOON).unwrap();
    }

    #[test]
    fn one_network_tries_many_names_only_so_often() {
        let tries = Attempts::none().unwrap();
        let names: Vec<String> = (0..NETWORK_WRONG_MAX).map(|n| format!("name.{n}")).collect();
        for name in &names {
            tries.begin(&stranger(name, 1), NOON).unwrap();
        }
        let shut = tries.begin(&stranger("zhao", 1), NOON).unwrap_err();
        assert_eq!(shut, Shut::Network(NOON + NETWORK_PAUSE));
        tries.begin(&stranger("zhao", 2), NOON).unwrap();
        tries.begin(&stranger("zhao", 1), NOON + NETWORK_PAUSE).unwrap();
    }

    #[test]
    fn many_networks_try_one_account_only_so_often_and_a_browser_that_was_in_passes_beside_them() {
        let tries = Attempts::none().unwrap();
        for n in 0..ACCOUNT_WRONG_MAX {
            tries.begin(&stranger("zhao", u8::try_from(n).unwrap()), NOON).unwrap();
        }
        let shut = tries.begin(&stranger("zhao", 200), NOON).unwrap_err();
        assert_eq!(shut, Shut::Account(NOON + ACCOUNT_PAUSE));
        let browser = Hidden::new("d1");
        let known = Whoever { standing: Familiarity::Known(&browser), ..stranger("zhao", 200) };
        let tried = tries.begin(&known, NOON).unwrap();
        tries.right(&tried);
        for _ in 0..WRONG_MAX {
            tries.begin(&known, NOON).unwrap();
        }
        assert_eq!(tries.begin(&known, NOON).unwrap_err(), Shut::Here(NOON + PAUSE_FIRST));
        // Whoever has to say the password again inside is not shut out by those outside either.
        let inside = Whoever { standing: Familiarity::Inside, ..stranger("zhao", 200) };
        tries.begin(&inside, NOON).unwrap();
    }

    #[test]
    fn whoever_keeps_to_the_pauses_is_noticed_within_two_hours() {
        let tries = Attempts::none().unwrap();
        let mut at = NOON;
        let noticed = (0..=u8::MAX).any(|n| {
            at = at + ACCOUNT_PAUSE;
            tries.begin(&stranger("zhao", n), at).unwrap().pace == Pace::Guessing
        });
        assert!(noticed && at.since(NOON) < Duration::from_hours(2), "{noticed} at {at}");
    }

    #[test]
    fn a_right_password_costs_nobody_a_try() {
        let tries = Attempts::none().unwrap();
        for n in 0..4 * ACCOUNT_WRONG_MAX {
            let who = stranger("zhao", u8::try_from(n).unwrap());
            let tried = tries.begin(&who, NOON).unwrap();
            if n % 2 == 0 { tries.right(&tried) } else { tries.undone(&tried) }
        }
        for _ in 0..2 * NETWORK_WRONG_MAX {
            let tried = tries.begin(&stranger("zhao", 1), NOON).unwrap();
            tries.right(&tried);
        }
    }

    #[test]
    fn after_an_admin_forgot_the_wrong_ones_there_is_time_to_come_in() {
        let tries = Attempts::none().unwrap();
        for n in 0..ACCOUNT_WRONG_MAX {
            tries.begin(&stranger("zhao", u8::try_from(n).unwrap()), NOON).unwrap();
        }
        let later = NOON + 10 * PAUSE_FIRST;
        let forgotten = Forgotten { until: NOON, open_until: later };
        let unlocked = |n| Whoever { forgotten, ..stranger("zhao", n) };
        for n in 0..4 * ACCOUNT_WRONG_MAX {
            tries.begin(&unlocked(u8::try_from(n).unwrap()), NOON + PAUSE_FIRST).unwrap();
        }
        let shut = tries.begin(&unlocked(250), later).map(|_| ());
        assert_eq!(shut, Ok(()), "nobody has tried for minutes");
        let shut = tries.begin(&unlocked(251), later).unwrap_err();
        assert_eq!(shut, Shut::Account(later + ACCOUNT_PAUSE));
    }
}
