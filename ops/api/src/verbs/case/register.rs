//! `duban case register`: a report comes in on the command line.

use anyhow::Result;
use clap::Args;
use compact_str::CompactString;
use duban_actors::case::command::NewReport;
use duban_actors::case::{Case, CaseId, Command, KIND};
use duban_runtime::entity::EntityId;

use crate::http::api::cases::{prepared, settled};
use crate::http::problem::Problem;
use crate::operations::cases::report::ReportBody;
use crate::operations::exposed::{Backend, Request};
use crate::verbs::asking::{Who, backend, in_words, rules_on_record, told};
use crate::verbs::listed::Acting;
use crate::verbs::print::Call;
use duban_base::asking::{self, Done, Terms};
use duban_server::offline::{self, Absent};

/// 登记一件上报(第十四条)
///
/// 打印案件号。同一来源、同一编号的上报就是同一案件,重复登记不会多出一件。
#[derive(Debug, Args)]
#[command(mut_arg("by", |by| by.required(true)))]
pub(crate) struct Register {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    report: ReportBody,
}

impl Acting for Register {
    const VERB: &'static str = "register";
    const EXAMPLES: &'static [&'static str] =
        &["--by shouli --channel hotline --source 12319 --external-id 20260302-017 \\\n      \
        --text '井盖缺失' --address '武垣路口' --place 115.83,38.43"];

    fn act(&self, call: &mut Call<'_>) -> Result<()> {
        let site = call.site();
        let (key, done) = offline::with_node(&site, Absent::Create, async |node, rules| {
            rules_on_record(&site, node, rules).await?;
            self.register(&backend(&site, (node, rules))).await
        })?;
        told(call, &key, &done, "")
    }
}

impl Register {
    async fn register(&self, at: &Backend<'_>) -> Result<(CompactString, Done<Case>)> {
        let typed = self.report.clone().report(None).map_err(in_words)?;
        let key = CaseId::from_intake(&typed.source, &typed.external_id).0;
        let command = Command::Register(Box::new(typed.clone()));
        // Of a reporter nothing is kept, no hash either.
        let said = Command::Register(Box::new(NewReport { reporter: None, ..typed }));
        let (asker, terms) = self.who.asks::<Case>(at, (&key, None), (&command, &said))?;
        let report = self.report.clone().report(asker.collector.as_ref()).map_err(in_words)?;
        // Of a case that is there the first record tells whether it was this report, whoever has forgotten it.
        let terms = Terms { looked: None, ..terms };
        let request = Request { asker: &asker, key: &key, terms: &terms };
        let answer = match prepared(at, &request, report.clone()).await {
            Ok(command) => {
                let asking = asking::ask::<Case>(at.node, &asker, terms.clone(), &key, command);
                asking.await.map_err(Problem::from)
            }
            Err(problem) => Err(problem),
        };
        let id = EntityId::new(KIND, &key);
        let done = settled(at, &id, report, answer).await.map_err(in_words)?;
        Ok((key, done))
    }
}
