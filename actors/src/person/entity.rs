//! The person as the runtime sees it.

use duban_runtime::entity::{Asked, Corrupt, Effect, Entity, EntityId, Kind, ListKey, Listing};
use serde_json::{Value, json};

use super::{
    ACTIVE, Account, Browser, Command, DISMISSED, Event, KIND, Person, Refusal, Session, Standing,
    Token, effects, lifecycle,
};
use crate::context::Context;

impl Entity for Person {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 3;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Person {
        Person { login: id.key.clone(), standing: Standing::Unknown, void_until: 0 }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        lifecycle::decide(self, command, asked, cx)
    }

    fn evolve(self, event: &Event) -> Result<Person, Corrupt> {
        lifecycle::evolve(self, event)
    }

    fn listing(&self) -> Listing {
        let list = match &self.standing {
            Standing::Unknown => return Listing::default(),
            Standing::Active(_) => ACTIVE,
            Standing::Dismissed(_) => DISMISSED,
        };
        Listing(vec![ListKey { list: list.into(), order: self.login.clone() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(self, event)
    }

    /// Neither a PHC string nor a digest is ever among it.
    fn view(&self) -> Value {
        let mut view = json!({ "login": self.login, "standing": self.standing.name() });
        let Some(fields) = view.as_object_mut() else { return view };
        if let Some(profile) = self.standing.profile() {
            fields.insert("name".into(), json!(profile.name));
            fields.insert("roles".into(), json!(profile.roles));
            fields.insert("unit".into(), json!(profile.unit));
            fields.insert("collector".into(), json!(profile.collector));
        }
        if let Standing::Active(account) = &self.standing {
            fields.extend(seen(account));
        }
        view
    }
}

fn seen(account: &Account) -> [(String, Value); 4] {
    let session = |s: &Session| json!({"begun": s.begun, "until": s.until, "device": s.device});
    let token = |t: &Token| {
        json!({
            "id": t.id, "label": t.label, "role": t.role, "issued": t.issued, "expires": t.expires,
        })
    };
    let browser = |b: &Browser| json!({"since": b.since, "until": b.until, "device": b.device});
    [
        ("password".into(), json!(account.password.name())),
        ("sessions".into(), account.sessions.iter().map(session).collect()),
        ("tokens".into(), account.tokens.iter().map(token).collect()),
        ("browsers".into(), account.browsers.iter().map(browser).collect()),
    ]
}
