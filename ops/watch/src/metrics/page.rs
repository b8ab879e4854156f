//! Writes one family of metrics after the other.

use std::fmt;
use std::time::Duration;

use duban_runtime::metrics::Histogram;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Unit;

/// Labels of one value.
pub(super) type Labels = Vec<(&'static str, String)>;

/// The name of a family, and its unit.
pub(super) type Name<'a> = (&'a str, Option<Unit>);

/// Where families are written.
pub(super) struct Page<'a>(DescriptorEncoder<'a>);

impl<'a> Page<'a> {
    pub(super) fn new(encoder: DescriptorEncoder<'a>) -> Page<'a> {
        Page(encoder)
    }

    /// A family of values that go up and down.
    pub(super) fn gauge(
        &mut self,
        (name, unit): Name<'_>,
        help: &str,
        values: Vec<(Labels, f64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, unit.as_ref(), MetricType::Gauge)?;
        for (labels, value) in &values {
            if labels.is_empty() {
                family.encode_gauge(value)?;
            } else {
                family.encode_family(labels)?.encode_gauge(value)?;
            }
        }
        Ok(())
    }

    /// A family of counts since the program was started.
    pub(super) fn counter(
        &mut self,
        (name, unit): Name<'_>,
        help: &str,
        values: Vec<(Labels, u64)>,
    ) -> fmt::Result {
        let mut family =
            self.0.encode_descriptor(name, help, unit.as_ref(), MetricType::Counter)?;
        for (labels, value) in &values {
            if labels.is_empty() {
                family.encode_counter::<NoLabelSet, u64, u64>(value, None)?;
            } else {
                family
                    .encode_family(labels)?
                    .encode_counter::<NoLabelSet, u64, u64>(value, None)?;
            }
        }
        Ok(())
    }

    /// Lengths of time in classes.
    pub(super) fn histogram(
        &mut self,
        name: &'static str,
        help: &str,
        lengths: &Histogram,
    ) -> fmt::Result {
        let classes = lengths.classes.iter().map(|(longest, n)| (seconds(*longest), *n));
        let mut classes: Vec<(f64, u64)> = classes.collect();
        classes.push((f64::INFINITY, lengths.n_beyond));
        let mut family =
            self.0.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        let (sum, count) = (seconds(lengths.sum), lengths.count());
        family.encode_histogram::<NoLabelSet>(sum, count, &classes, None)
    }

    /// Words about the program.
    pub(super) fn info(
        &mut self,
        name: &'static str,
        help: &str,
        words: &[(&'static str, String)],
    ) -> fmt::Result {
        let words = Info::new(words.to_vec());
        let family = self.0.encode_descriptor(name, help, None, words.metric_type())?;
        words.encode(family)
    }
}

/// Seconds as metrics have them.
pub(super) fn seconds(span: Duration) -> f64 {
    span.as_secs_f64()
}

/// A count as a gauge has it: exact up to 2^53, which nothing here comes near.
#[expect(clippy::cast_precision_loss, reason = "no gauge of ours comes near 2^53")]
pub(super) fn exact(n: u64) -> f64 {
    n as f64
}
