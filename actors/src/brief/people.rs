//! Addresses of people: by the channels of a notice, each address once.

use compact_str::CompactString;
use duban_core::outbox::Address;
use duban_rules::book::notices::{Channel, Notice};
use duban_rules::book::units::Contact;

/// Where `notice` goes to reach these people, in their order; somebody without an address on a channel is left out.
pub fn addresses<'a>(
    notice: &Notice,
    people: impl IntoIterator<Item = &'a Contact>,
) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    for person in people {
        for channel in &notice.channels {
            let (channel, address) = match channel {
                Channel::Email => ("email", person.email.as_deref()),
                Channel::Sms => ("sms", person.phone.as_deref()),
            };
            let Some(address) = address else { continue };
            if found.iter().any(|a| a.channel == channel && a.address == address) {
                continue;
            }
            found.push(Address {
                channel: CompactString::const_new(channel),
                name: person.name.as_str().into(),
                address: address.into(),
                role: person.role.as_str().into(),
            });
        }
    }
    found
}
