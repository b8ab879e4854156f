//! Verbs of the command line: what the list of operations has for each noun.
//!
//! An operation is typed as `duban NOUN VERB ID --by LOGIN …`; its options, and the words of its help, come from the
//! same type that is read from JSON over HTTP.

use std::fmt;

use anyhow::Result;
use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};

use super::asking::{self, Asking};
use super::print::Call;
use super::reading::{self, Which};
use crate::operations::exposed::{Exposed, Operation};
use crate::operations::readable::Readable;
use crate::operations::{ALL, Noun, Resource};
use duban_base::exit::Exit;
use duban_base::store::Store;

/// What a row of the list is on the command line.
#[derive(Clone, Copy)]
pub(crate) struct Verb {
    name: &'static str,
    /// What it is for; none where the comment on its options says so.
    about: Option<&'static str>,
    examples: &'static [&'static str],
    augment: fn(Command) -> Command,
    run: Run,
    secret: Option<Secret>,
}

pub(crate) type Run = fn(&ArgMatches, &mut Call<'_>) -> Result<Exit>;
/// Reads what goes with it and is no argument.
type Secret = fn(&ArgMatches) -> Result<Option<String>>;

/// Something that is looked at on the command line. Its comments are its help, as those of an operation are.
pub(crate) trait Looking: Args {
    /// How it is asked, e.g. `list`.
    const VERB: &'static str;
    /// How it is typed, after noun and verb.
    const EXAMPLES: &'static [&'static str];

    /// Looks, and prints what there is.
    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()>;
}

/// Something that is done on the command line otherwise than by asking what the options say: a secret is read with it
/// or shown after it, or what is not said stays as it is.
pub(crate) trait Acting: Args {
    /// How it is asked, e.g. `add`.
    const VERB: &'static str;
    /// How it is typed, after noun and verb.
    const EXAMPLES: &'static [&'static str];

    /// What has to be read where the command is typed, and goes with it to a server: never an argument.
    fn secret(&self) -> Result<Option<String>> {
        Ok(None)
    }

    /// Does it, and prints what came of it.
    fn act(&self, call: &mut Call<'_>) -> Result<()>;
}

/// Something that is looked at.
pub(crate) const fn looking<L: Looking>() -> Verb {
    let (name, examples, augment) = (L::VERB, L::EXAMPLES, L::augment_args);
    Verb { name, about: None, examples, augment, run: look::<L>, secret: None }
}

/// Something that is asked of an entity.
pub(crate) const fn asking<O: Operation + Args>() -> Verb {
    let (name, examples, augment) = (O::VERB, O::EXAMPLES, with_asking::<O>);
    Verb { name, about: None, examples, augment, run: asking::ask::<O>, secret: None }
}

/// Something that is done otherwise.
pub(crate) const fn acting<A: Acting>() -> Verb {
    let (name, examples, augment) = (A::VERB, A::EXAMPLES, A::augment_args);
    Verb { name, about: None, examples, augment, run: act::<A>, secret: Some(secret::<A>) }
}

fn secret<A: Acting>(matches: &ArgMatches) -> Result<Option<String>> {
    A::from_arg_matches(matches)?.secret()
}

fn act<A: Acting>(matches: &ArgMatches, call: &mut Call<'_>) -> Result<Exit> {
    A::from_arg_matches(matches)?.act(call)?;
    Ok(Exit::Done)
}

fn look<L: Looking>(matches: &ArgMatches, call: &mut Call<'_>) -> Result<Exit> {
    let looking = L::from_arg_matches(matches)?;
    let store = call.open()?;
    looking.look(call, &store)?;
    store.close()?;
    Ok(Exit::Done)
}

/// The operation's options behind those that all have; its own words come last and so stand.
fn with_asking<O: Operation + Args>(command: Command) -> Command {
    let command = O::augment_args(with_key::<O::Of, Asking>(command));
    match O::Of::unnamed() {
        None => command.mut_arg("by", |by| by.required(true)),
        Some(_) => command.mut_arg("by", |by| by.help(asking::BY_OR_MACHINE)),
    }
}

/// The options of `A`, of which one is the key of an entity.
fn with_key<E: Exposed, A: Args>(command: Command) -> Command {
    A::augment_args(command).mut_arg("id", |id| id.help(E::TYPED_SO).value_name(E::TYPED))
}

impl Verb {
    /// All entities of a kind.
    pub(crate) const fn listing<E: Readable>(about: &'static str) -> Verb {
        let (name, about, examples) = ("list", Some(about), &["", "--format json"]);
        let (augment, run) = (|command| command, reading::list::<E>);
        Verb { name, about, examples, augment, run, secret: None }
    }

    /// One entity of a kind.
    pub(crate) const fn showing<E: Readable>(about: &'static str) -> Verb {
        let (name, about, examples) = ("show", Some(about), &["ID", "ID --format json"]);
        let (augment, run) = (with_key::<E, Which>, reading::show::<E>);
        Verb { name, about, examples, augment, run, secret: None }
    }

    fn command(&self, noun: &str) -> Command {
        let mut command = (self.augment)(Command::new(self.name));
        if let Some(about) = self.about {
            command = command.about(about).long_about(about);
        }
        let about = command.get_long_about().or(command.get_about());
        let mut about = about.map(ToString::to_string).unwrap_or_default();
        about.push_str("\n\n示例:");
        for example in self.examples {
            let line = format!("\n  duban {noun} {} {example}", self.name);
            about.push_str(line.trim_end());
        }
        command.long_about(about)
    }
}

impl fmt::Debug for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A noun and verb of the list as they were typed, with their options.
#[derive(Debug)]
pub struct Listed {
    verb: Verb,
    options: ArgMatches,
}

impl Listed {
    pub fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        (self.verb.run)(&self.options, call)
    }

    /// What has to be read where it was typed.
    pub fn secret(&self) -> Result<Option<String>> {
        self.verb.secret.map_or(Ok(None), |secret| secret(&self.options))
    }
}

impl FromArgMatches for Listed {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Listed, clap::Error> {
        let typed = || {
            let (noun, below) = matches.subcommand()?;
            let (verb, options) = below.subcommand()?;
            let resource = ALL.iter().find(|resource| is_called(resource, noun))?;
            let verb = resource.verbs().find(|known| known.name == verb)?;
            Some(Listed { verb, options: options.clone() })
        };
        typed().ok_or_else(|| clap::Error::new(ErrorKind::MissingSubcommand))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Listed::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for Listed {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(ALL.iter().filter_map(|resource| noun(resource)))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Listed::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        ALL.iter().any(|resource| is_called(resource, name))
    }
}

fn is_called(resource: &Resource, name: &str) -> bool {
    resource.noun.is_some_and(|noun| noun.name == name)
}

fn noun(resource: &Resource) -> Option<Command> {
    let Noun { name, about } = resource.noun?;
    let command = Command::new(name)
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(resource.verbs().map(|verb| verb.command(name)));
    Some(command)
}
