//! The reservation of the last operator, as entry points ask it: before somebody loses the role, they are released.
//!
//! Command line and HTTP come here by [`super::persons`]. Those who were operators before there was a reservation are
//! counted when a server starts, or by the first who asks for a release: until then nobody is released.

use std::time::Duration;

use compact_str::CompactString;
use duban_actors::operators::{self, Begun, COUNTED_MAX, Command, Operators, Refusal};
use duban_actors::person::Person;
use duban_runtime::entity::Refusal as _;
use duban_runtime::journal::{self, Journal};
use duban_runtime::node::Node;

use super::Failure;
use super::persons::{self, Which};
use duban_base::aside;
use duban_base::asking::{self, Asker, Done, No, Terms};
use duban_base::state;

/// Persons that are looked through for operators; a county has some hundreds.
const PERSONS_MAX: usize = 4_096;
/// Persons read at a time.
const PAGE: usize = 256;
/// How often it is asked again whether somebody else has become operator whom the reservation has not heard of yet.
const ASKED_MAX: u32 = 40;
/// Between two of these.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a start waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Counts those who are operators, once in the life of a store; nothing is written where nobody is.
///
/// # Errors
/// When they cannot be read, or nobody decides. Nothing need wait for that: the first who asks for a release has them
/// counted, or is not released.
pub async fn begin(node: &Node, asker: &Asker) -> Result<(), Failure> {
    let is_begun = match aside::read(node, reservation).await {
        Ok(known) => known.is_some_and(|known| known.begun == Begun::Filled),
        // It is asked all the same: then it is set aside, and an alarm says so.
        Err(Failure::Journal(journal::Failure::Corrupt { .. })) => false,
        Err(failure) => return Err(failure),
    };
    let logins = if is_begun { Vec::new() } else { on_record(node, None, COUNTED_MAX).await? };
    if logins.is_empty() {
        return Ok(());
    }
    let asking = ask(node, asker, Command::Fill { logins });
    let Ok(outcome) = tokio::time::timeout(PATIENCE, asking).await else {
        return Err(Failure::Undecided("the reservation of operators does not answer".to_owned()));
    };
    match outcome? {
        Ok(_) => Ok(()),
        Err(no) if no.code() == Some(Refusal::AlreadyFilled.code()) => Ok(()),
        Err(no) => Err(Failure::Undecided(no.to_string())),
    }
}

/// Lets `login` lose the role by the release of this number, unless nobody else would be left.
pub(super) async fn release(
    node: &Node,
    asker: &Asker,
    login: &str,
) -> Result<Result<u64, No>, Failure> {
    let mut asked = 0;
    loop {
        let no = match ask(node, asker, Command::Release { login: login.into() }).await? {
            Ok(done) => {
                // Never missing: it has just been given.
                let release = done.state()?.release_of(login);
                return Ok(release.ok_or(No::Busy(PAUSE)));
            }
            Err(no) => no,
        };
        asked += 1;
        if asked >= ASKED_MAX {
            return Ok(Err(no));
        }
        if no.code() == Some(Refusal::NotFilled.code()) {
            let logins = on_record(node, None, COUNTED_MAX).await?;
            // Somebody else may have been faster: the next release says so.
            if let Err(no) = ask(node, asker, Command::Fill { logins }).await? {
                tracing::info!(%no, "operators are counted already");
            }
        } else if no.code() == Some(Refusal::LastOperator.code())
            && !on_record(node, Some(login), 1).await?.is_empty()
        {
            // Whoever has just become operator is on record a moment before they are counted.
            tokio::time::sleep(PAUSE).await;
        } else {
            return Ok(Err(no));
        }
    }
}

async fn ask(
    node: &Node,
    asker: &Asker,
    command: Command,
) -> Result<Result<Done<Operators>, No>, Failure> {
    Ok(asking::ask(node, asker, Terms::once()?, operators::KEY, command).await)
}

fn reservation(journal: &Journal) -> Result<Option<Operators>, Failure> {
    Ok(state::read(journal, operators::KEY)?.map(|(known, _)| known))
}

/// Who but `other` is operator by the record; at most `wanted`, of [`PERSONS_MAX`] persons.
async fn on_record(
    node: &Node,
    other: Option<&str>,
    wanted: usize,
) -> Result<Vec<CompactString>, Failure> {
    let other = other.map(CompactString::from);
    aside::read(node, move |journal| read_on_record(journal, other.as_deref(), wanted)).await
}

fn read_on_record(
    journal: &Journal,
    other: Option<&str>,
    wanted: usize,
) -> Result<Vec<CompactString>, Failure> {
    let (mut found, mut seen) = (Vec::new(), 0);
    let mut after: Option<CompactString> = None;
    while seen < PERSONS_MAX && found.len() < wanted {
        let page = persons::list(journal, Which::Active, after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.login.clone());
        seen += page.len();
        let others = page.into_iter().filter(|person| Some(person.login.as_str()) != other);
        found.extend(others.filter(Person::is_operator).map(|person| person.login));
    }
    found.truncate(wanted);
    Ok(found)
}
