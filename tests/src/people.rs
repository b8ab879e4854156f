//! People of a store: enrolled at the machine, as an operator does before anybody can come in.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use duban::access::persons::{self, Issued, TokenWish};
use duban::asking::{self, Asker, Terms};
use duban_actors::person::{Cause, Command, Hidden, Person, Profile};
use duban_actors::role::Role;
use duban_runtime::node::Node;

/// Enrols somebody.
pub async fn enrol(node: &Node, login: &str, profile: Profile) {
    told(node, login, Command::Enrol(profile)).await;
}

/// Gives somebody the password of this hash, to be changed when they come in.
pub async fn give_password(node: &Node, login: &str, phc: Hidden) {
    told(node, login, Command::SetPassword { phc, cause: Cause::ByAdmin }).await;
}

/// A bearer token of somebody in one of their roles.
pub async fn token(node: &Node, login: &str, role: Role, lifetime: Duration) -> String {
    let wish = TokenWish { label: "test".to_owned(), role, lifetime };
    let (by, terms) = (Asker::on_the_machine(), Terms::once().unwrap());
    match persons::issue_token(node, &by, terms, login, wish).await.unwrap() {
        Issued::Token { text, .. } => text,
        Issued::Not(answer) => panic!("{answer:?}"),
    }
}

async fn told(node: &Node, login: &str, command: Command) {
    let by = Asker::on_the_machine();
    asking::ask_once::<Person>(node, &by, login, command).await.unwrap();
}
