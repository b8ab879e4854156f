//! Reads `units.toml`: one `[[unit]]` each, with its `[[unit.contact]]`; an `[[organisation]]` says who is the head of several.

use super::phone::phone;
use super::{Contact, FILE, Method, Unit, Units, duties, organisations, shares};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::source::document::{At, Document, Table};
use crate::vocabulary::{Place, Recipient, UnitClass, UnitId, UnitKind};

/// Every unit that could be read.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Units {
    let mut units = Units::default();
    let Some(document) = Document::read(sources, FILE, findings) else { return units };
    let mut root = document.root();
    let tables = root.tables("unit", findings);
    let n_entries = tables.len();
    for table in tables {
        let errors_before = findings.n_errors(FILE);
        let Some((At { value: id, spot }, unit)) = unit(table, &mut units, findings) else {
            continue;
        };
        if let Some(first) = units.spots.get(&id) {
            let (line, _) = sources.position(FILE, first.span.start);
            findings.push(Diagnostic::unit_twice(&spot, &id, line));
            continue;
        }
        if findings.n_errors(FILE) > errors_before {
            units.doubtful.insert(id.clone());
        }
        units.spots.insert(id.clone(), spot);
        units.by_id.insert(id, unit);
    }
    units.incomplete = duties::read(root.table_if("duties", findings), findings);
    units.shares = shares::read(root.table_if("shares", findings), findings);
    units.organisations = organisations::read(sources, &mut root, findings);
    organisations::complete(&mut units);
    root.close(findings);
    if units.by_id.is_empty() && n_entries == 0 {
        findings.push(Diagnostic::no_units());
    }
    units.left_out = n_entries.saturating_sub(units.by_id.len());
    units
}

fn unit(
    mut table: Table<'_>,
    units: &mut Units,
    findings: &mut Findings,
) -> Option<(At<UnitId>, Unit)> {
    let id = table.word("id", findings);
    let name = table.text("name", findings);
    let organisation = table.text_if("organisation", findings);
    let kind = kind(&mut table, findings);
    let active = table.flag_if("active", findings).is_none_or(|flag| flag.value);
    let station = table.text_if("station", findings);
    let station = filled(station, findings);
    let crew = table.text_if("crew", findings);
    let crew = filled(crew, findings);
    let landline = table.word_if("landline", findings).and_then(|at| phone(at, findings));
    let dispatch_by = method(&mut table, findings);
    let supervising = table.word_if("supervising", findings);
    let place = table.table_if("place", findings).and_then(|table| place(table, findings));
    let contacts: Vec<Contact> = table
        .tables("contact", findings)
        .into_iter()
        .filter_map(|table| contact(table, findings))
        .collect();
    table.close(findings);

    let id = id?.map(|id| UnitId::new(id.trim()));
    let (Some(name), Some(kind)) = (name, kind) else {
        units.half_read.insert(id.value);
        return None;
    };
    if !id.value.as_str().chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        findings.push(Diagnostic::unit_id_shape(&id.spot, id.value.as_str()));
    }
    if let Some(supervising) = &supervising {
        // Of two units of one id the first is read.
        units.supervising.entry(id.value.clone()).or_insert_with(|| supervising.spot.clone());
    }
    let supervising = supervising.map(|at| UnitId::new(at.value.trim()));
    let name = name.name(findings);
    let organisation = organisation.map_or_else(|| name.clone(), |at| at.name(findings));
    Some((
        id.clone(),
        Unit {
            id: id.value,
            name,
            organisation,
            kind,
            active,
            station,
            crew,
            landline,
            contacts,
            dispatch_by,
            supervising,
            place,
        },
    ))
}

fn kind(table: &mut Table<'_>, findings: &mut Findings) -> Option<UnitKind> {
    let steward = table.flag_if("frontage_steward", findings).is_some_and(|flag| flag.value);
    if steward {
        // A class beside it would say two things; it is left unasked and so reported as an unknown key.
        return Some(UnitKind::FrontageSteward);
    }
    let class = table.integer("class", findings)?;
    match class.value {
        1 => Some(UnitKind::Department(UnitClass::First)),
        2 => Some(UnitKind::Department(UnitClass::Second)),
        3 => Some(UnitKind::Department(UnitClass::Third)),
        _ => {
            findings.push(Diagnostic::unit_class(&class.spot, class.value));
            None
        }
    }
}

fn method(table: &mut Table<'_>, findings: &mut Findings) -> Method {
    let Some(word) = table.word_if("dispatch_by", findings) else { return Method::System };
    match word.value.trim() {
        "system" | "系统" => Method::System,
        "phone" | "电话" => Method::Phone,
        _ => {
            findings.push(Diagnostic::dispatch_method(&word.spot, word.value));
            Method::System
        }
    }
}

fn place(mut table: Table<'_>, findings: &mut Findings) -> Option<Place> {
    let spot = table.spot();
    let (lon, lat) = (table.number_if("lon", findings), table.number_if("lat", findings));
    table.close(findings);
    let place = lon.zip(lat).map(|(lon, lat)| Place { lon: lon.value, lat: lat.value });
    match place {
        Some(at) if at.lon.abs() <= 180.0 && at.lat.abs() <= 90.0 => Some(at),
        Some(_) | None => {
            findings.push(Diagnostic::no_place(&spot));
            None
        }
    }
}

/// A person, in `units.toml` as in `committee.toml`.
pub(crate) fn contact(mut table: Table<'_>, findings: &mut Findings) -> Option<Contact> {
    let role = table.word("role", findings);
    let deputy = table.text_if("deputy", findings);
    let deputy = filled(deputy, findings);
    let person = person(table, findings);

    let role = role?;
    let Ok(role) = role.value.parse::<Recipient>() else {
        findings.push(Diagnostic::unknown_recipient(&role.spot, role.value));
        return None;
    };
    let Person { name, phone, email } = person?;
    Some(Contact { role, name, phone, email, deputy })
}

/// Somebody, and the ways to reach them.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
}

/// A person whose capacity stands elsewhere, or was read before.
pub(super) fn person(mut table: Table<'_>, findings: &mut Findings) -> Option<Person> {
    let spot = table.spot();
    let name = table.text("name", findings);
    let phone = table.word_if("phone", findings).and_then(|at| phone(at, findings));
    let email = table.word_if("email", findings).and_then(|at| email(at, findings));
    table.close(findings);
    let name = name?.name(findings);
    if phone.is_none() && email.is_none() {
        findings.push(Diagnostic::out_of_reach(&spot, &name));
    }
    Some(Person { name, phone, email })
}

fn email(text: At<&str>, findings: &mut Findings) -> Option<String> {
    let address = text.value.trim();
    let spelt = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic());
    match address.split_once('@') {
        Some((local, host)) if spelt(local) && spelt(host) && !host.contains('@') => {
            Some(address.to_owned())
        }
        Some(_) | None => {
            findings.push(Diagnostic::email(&text.spot, address));
            None
        }
    }
}

fn filled(text: Option<At<&str>>, findings: &mut Findings) -> Option<String> {
    text.map(|at| at.name(findings)).filter(|text| !text.is_empty())
}
