//! What the machine can do without us: appends that survive a loss of power, and actors that remember nothing.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;

use actix::{Actor, Addr, Arbiter, Context, Handler, Message};
use duban_benches::figures::{Figures, number, per_second};
use duban_benches::latency::Latencies;
use duban_benches::machine::Watch;
use duban_benches::scratch::Scratch;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Groups that are appended; a longer run would show the same.
const GROUPS_MAX: u64 = 2_000;

/// Appends groups of `group` records, `bytes_per_group` together, with one `fdatasync` each.
pub(crate) fn plain_append(
    dir: &Path,
    (group, bytes_per_group, n_groups): (f64, f64, u64),
) -> anyhow::Result<Figures> {
    let scratch = Scratch::under(dir)?;
    let mut file = File::create(scratch.path().join("plain"))?;
    let n_bytes = format!("{:.0}", bytes_per_group.max(1.0)).parse::<usize>()?;
    let bytes: Vec<u8> = (0..n_bytes).map(|i| u8::try_from(i % 251).unwrap_or(0)).collect();
    let n_groups = n_groups.clamp(1, GROUPS_MAX);
    let mut latencies = Latencies::default();
    let all = Watch::default();
    for _ in 0..n_groups {
        let one = Watch::default();
        file.write_all(&bytes)?;
        file.sync_data()?;
        latencies.add(one.elapsed());
    }
    let per_second = per_second(n_groups, all.elapsed()) * group;
    Ok(Figures::default().with("per_second", per_second).and(latencies.figures()).named("plain_"))
}

/// Actors in as many mailboxes, exchanging as many messages as a node does for an accepted command: caller → home →
/// resident → home → resident → caller. They decide nothing, write nothing, remember nothing.
pub(crate) async fn bare_actors(
    (n_callers, n_residents, n): (u64, u64, u64),
) -> anyhow::Result<Figures> {
    let arbiter = Arbiter::new();
    let mut homes = Vec::new();
    for _ in 0..N_HOMES {
        homes.push(Home::start_in_arbiter(&arbiter.handle(), |_| Home::default()));
    }
    let homes = Rc::new(homes);
    let watch = Watch::default();
    let mut callers = JoinSet::new();
    for caller in 0..n_callers {
        let homes = Rc::clone(&homes);
        callers.spawn_local(async move {
            for i in (caller..n).step_by(usize::try_from(n_callers).unwrap_or(1)) {
                let to = i % n_residents;
                let Some(home) = homes.get(usize::try_from(to % N_HOMES).unwrap_or(0)) else {
                    return;
                };
                let (answer, heard) = oneshot::channel();
                if home.try_send(Asking(to, answer)).is_err() || heard.await.is_err() {
                    return;
                }
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended?;
    }
    let took = watch.elapsed();
    arbiter.stop();
    Ok(Figures::default()
        .with("actors_per_second", per_second(n, took))
        .with("actors_n", number(n)))
}

const N_HOMES: u64 = 64;

#[derive(Default)]
struct Home {
    residents: HashMap<u64, Addr<Resident>>,
}

struct Resident {
    home: Addr<Home>,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Asking(u64, oneshot::Sender<()>);

#[derive(Message)]
#[rtype(result = "()")]
struct Deliver(u64, oneshot::Sender<()>);

#[derive(Message)]
#[rtype(result = "()")]
struct Step(u64, oneshot::Sender<()>);

#[derive(Message)]
#[rtype(result = "()")]
struct Resolved(oneshot::Sender<()>);

impl Actor for Home {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        ctx.set_mailbox_capacity(1_024);
    }
}

impl Actor for Resident {
    type Context = Context<Self>;
}

impl Handler<Asking> for Home {
    type Result = ();

    fn handle(&mut self, Asking(to, answer): Asking, ctx: &mut Context<Self>) {
        use actix::AsyncContext as _;
        let home = ctx.address();
        let resident = self.residents.entry(to).or_insert_with(|| Resident { home }.start());
        // A mailbox that is full drops the answer, and the caller ends the run.
        drop(resident.try_send(Deliver(to, answer)));
    }
}

impl Handler<Deliver> for Resident {
    type Result = ();

    fn handle(&mut self, Deliver(to, answer): Deliver, _: &mut Context<Self>) {
        drop(self.home.try_send(Step(to, answer)));
    }
}

impl Handler<Step> for Home {
    type Result = ();

    fn handle(&mut self, Step(to, answer): Step, _: &mut Context<Self>) {
        if let Some(resident) = self.residents.get(&to) {
            drop(resident.try_send(Resolved(answer)));
        }
    }
}

impl Handler<Resolved> for Resident {
    type Result = ();

    fn handle(&mut self, Resolved(answer): Resolved, _: &mut Context<Self>) {
        // The caller is there: it waits.
        answer.send(()).unwrap_or_default();
    }
}
