//! Offers: what can be chosen in a field of a form for this case or desk: units with what they have to do, conditions of the
//! handbook, collectors, orders that wait for an answer, people of the post.

use compact_str::CompactString;
use duban_actors::case::Case;
use duban_actors::context::Context;
use duban_actors::desks::Desk;
use duban_actors::meeting::{Item, Meeting};
use duban_actors::person::{self, Person};
use duban_rules::book::units::Unit;
use duban_rules::line;
use duban_rules::vocabulary::{Recipient, UnitId};
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;

use super::At;
use super::field::{Choice, Field, Group, Input};
use duban_base::candidates::{self, Candidate};
use duban_base::labels::case::level_word;
use duban_base::labels::events::order_word;
use duban_base::state::readable;

/// People of a post who are offered.
const PEOPLE_MAX: usize = 4_096;
/// What the source of a report is called that was filled in on a page.
const SOURCE: &str = "page";
/// Characters of a filing condition that are shown.
const CONDITION_CHARS_MAX: usize = 40;

/// What can be chosen for a case or a desk; read when it is first wanted.
pub(super) struct Offers<'a> {
    of: Of<'a>,
    at: At<'a>,
    units: Option<Vec<Group>>,
}

enum Of<'a> {
    Case(&'a Case),
    Desk(Desk),
    Meeting(&'a Meeting),
}

impl<'a> Offers<'a> {
    pub(super) fn of_case(case: &'a Case, at: At<'a>) -> Offers<'a> {
        Offers { of: Of::Case(case), at, units: None }
    }

    pub(super) fn of_desk(desk: Desk, at: At<'a>) -> Offers<'a> {
        Offers { of: Of::Desk(desk), at, units: None }
    }

    pub(super) fn of_meeting(meeting: &'a Meeting, at: At<'a>) -> Offers<'a> {
        Offers { of: Of::Meeting(meeting), at, units: None }
    }

    /// The numbers that a field takes.
    pub(super) fn numbers(&self, field: &Field) -> Vec<String> {
        let choices = self.numbered(field).into_iter();
        choices.map(|choice| choice.value).collect()
    }

    fn numbered(&self, field: &Field) -> Vec<Choice> {
        let Of::Case(case) = self.of else { return Vec::new() };
        if field.name == "order" {
            let orders = case.state.filing().map(|filing| &*filing.orders).unwrap_or_default();
            let open = orders.iter().filter(|order| order.clock().is_some());
            let choice = |no: u16, words| Choice { value: no.to_string(), words };
            open.map(|order| {
                let (kind, level) = (order_word(order.kind), level_word(order.level));
                choice(order.no, format!("{} 号 · {kind} · {level}", order.no))
            })
            .collect()
        } else {
            let task = case.state.task().filter(|_| field.name == "task").into_iter();
            task.map(|task| Choice {
                value: task.no.to_string(),
                words: format!("第 {} 项", task.no),
            })
            .collect()
        }
    }

    /// Puts into a field what can be chosen there; the only thing that can is.
    pub(super) fn fill(&mut self, field: &mut Field) -> Result<(), Failure> {
        match field.takes.as_str() {
            "UNIT" => field.choices = self.units()?,
            "CONDITION" | "COLLECTOR" => field.choices = by_rules(field, self.at.cx),
            "LOGIN" => field.choices = one_group(self.people()?),
            "CASE" => field.choices = one_group(self.undecided()),
            // Whoever was not there is taken out.
            "NAME" if field.name == "present" => field.values = vec![self.invited().join("\n")],
            "NAME" | "PHONE" => field.known = self.known(field),
            // What a report is called where it came from is the key of its form.
            "SOURCE" => (field.input, field.values) = (Input::Hidden, vec![SOURCE.to_owned()]),
            "ID" => field.input = Input::Hidden,
            _ if field.input == Input::Number => {
                field.choices = one_group(self.numbered(field));
                field.input = Input::Choice;
            }
            _ => {}
        }
        let values: Vec<String> = field.values().take(2).map(str::to_owned).collect();
        if field.required && values.len() == 1 {
            field.values = values;
        }
        Ok(())
    }

    /// The candidates of a case with what they have to do, then every other unit.
    fn units(&mut self) -> Result<Vec<Group>, Failure> {
        if let Some(known) = &self.units {
            return Ok(known.clone());
        }
        let At { journal, cx, now } = self.at;
        let candidates = match self.of {
            Of::Case(case) => candidates::of(journal, case, now, cx)?,
            Of::Desk(_) | Of::Meeting(_) => Vec::new(),
        };
        let candidates: Vec<Candidate> =
            candidates.into_iter().filter(|candidate| !candidate.closed).collect();
        let is_named = |unit: &UnitId| candidates.iter().any(|candidate| candidate.unit == *unit);
        let others = cx.rules.units.iter();
        let others = others.filter(|unit| !cx.is_closed(&unit.id) && !is_named(&unit.id));
        let others = others.map(unit_choice).collect();
        let others = Group { name: "其他单位".to_owned(), choices: others };
        let named = Group {
            name: "手册和先例".to_owned(),
            choices: candidates.iter().map(candidate_choice).collect(),
        };
        let groups: Vec<Group> = [named, others].into_iter().filter(has_some).collect();
        self.units = Some(groups.clone());
        Ok(groups)
    }

    /// The cases of which a meeting has decided nothing.
    fn undecided(&self) -> Vec<Choice> {
        let Of::Meeting(meeting) = self.of else { return Vec::new() };
        let choice = |item: &Item| Choice {
            value: item.motion.case.0.to_string(),
            words: item.motion.subject.clone(),
        };
        meeting.undecided().map(choice).collect()
    }

    /// The names of those who are invited to a meeting.
    fn invited(&self) -> Vec<String> {
        let Of::Meeting(meeting) = self.of else { return Vec::new() };
        let invited = meeting.call().into_iter().flat_map(|call| &call.invited);
        invited.map(|one| one.name.to_string()).collect()
    }

    /// Those who have the post of the desk.
    fn people(&self) -> Result<Vec<Choice>, Failure> {
        let Of::Desk(desk) = self.of else { return Ok(Vec::new()) };
        let mut people = Vec::new();
        for (login, _) in self.at.journal.list(&person::ACTIVE, None, PEOPLE_MAX)? {
            let id = EntityId::new(person::KIND, &login);
            let Some(person) = readable::<Person>(self.at.journal, &id)? else { continue };
            let account = person.account().ok();
            let held = account.filter(|account| account.profile.holds(desk.role()));
            people.extend(held.map(|account| Choice {
                value: login.to_string(),
                words: format!("{}({login})", account.profile.name),
            }));
        }
        Ok(people)
    }

    /// Who of a unit signs, whom it is called by, and who consents.
    fn known(&self, field: &Field) -> Vec<String> {
        let (Of::Case(case), cx) = (&self.of, self.at.cx) else { return self.invited() };
        let called = case.state.call();
        let called = called.map(|call| cx.rules.units.get(&call.unit)).unwrap_or_default();
        let known: Vec<CompactString> = match field.name.as_str() {
            "signer" => {
                let heads = case.state.unit().into_iter();
                let heads =
                    heads.flat_map(|unit| cx.rules.units.contacts(unit, Recipient::UnitHead));
                heads.map(|head| head.name.as_str().into()).collect()
            }
            "leader" => cx
                .told(Recipient::CountyLeader)
                .iter()
                .map(|one| one.name.as_str().into())
                .collect(),
            "person" => called
                .into_iter()
                .flat_map(|unit| unit.contacts.iter().map(|one| one.name.as_str().into()))
                .collect(),
            "number" => {
                let phones = called.into_iter().flat_map(|unit| {
                    let own = unit.contacts.iter().filter_map(|one| one.phone.as_deref());
                    unit.landline.as_deref().into_iter().chain(own)
                });
                phones.map(CompactString::from).collect()
            }
            _ => Vec::new(),
        };
        known.into_iter().map(String::from).collect()
    }
}

/// What the rules of `cx` have for a field, whatever it is of: every unit, condition or collector.
pub(super) fn by_rules(field: &Field, cx: &Context) -> Vec<Group> {
    match field.takes.as_str() {
        "UNIT" => one_group(cx.rules.units.iter().map(unit_choice).collect()),
        "CONDITION" => conditions(cx),
        "COLLECTOR" => one_group(collectors(cx)),
        _ => Vec::new(),
    }
}

fn unit_choice(unit: &Unit) -> Choice {
    Choice { value: unit.id.to_string(), words: format!("{}({})", unit.name, unit.id) }
}

fn has_some(group: &Group) -> bool {
    !group.choices.is_empty()
}

fn one_group(choices: Vec<Choice>) -> Vec<Group> {
    vec![Group { name: String::new(), choices }]
}

fn candidate_choice(candidate: &Candidate) -> Choice {
    let Candidate { unit, name, by_handbook, precedent, open, overdue, .. } = candidate;
    let why = match (by_handbook, precedent) {
        (true, None) => "手册",
        (true, Some(_)) => "手册、先例",
        (false, _) => "先例",
    };
    Choice {
        value: unit.to_string(),
        words: format!("{name}({unit}) · {why} · 在办 {open},超期 {overdue}"),
    }
}

fn collectors(cx: &Context) -> Vec<Choice> {
    let all = cx.rules.grid.all_collectors();
    all.map(|one| Choice { value: one.id.to_string(), words: format!("{}({})", one.name, one.id) })
        .collect()
}

/// The conditions of the handbook in force, by their large class.
fn conditions(cx: &Context) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for condition in cx.rules.handbook.conditions.values() {
        let filing: String =
            line::one(&condition.filing).chars().take(CONDITION_CHARS_MAX).collect();
        let choice = Choice {
            value: condition.code.to_string(),
            words: format!("{} · {filing}", condition.small_class),
        };
        match groups.last_mut().filter(|group| group.name == condition.big_class) {
            Some(group) => group.choices.push(choice),
            None => groups.push(Group { name: condition.big_class.clone(), choices: vec![choice] }),
        }
    }
    groups
}
