// An SMS centre by node-smpp, with one fault at a time. Says its port on standard output; writes what it took to a file.
//
// usage: smpp_server.js TOOK PORT FAULT
//
// The fault meets each telephone once, at its first SMS; afterwards everything is taken.
"use strict";
const crypto = require("crypto");
const fs = require("fs");
const smpp = require("smpp");

const [took, port, fault] = process.argv.slice(2);
const met = new Set();
const meets = (to, which) => {
  if (fault !== which || met.has(to)) return false;
  met.add(to);
  return true;
};
const statuses = {
  throttled: smpp.ESME_RTHROTTLED,
  "queue-full": smpp.ESME_RMSGQFUL,
  "wrong-number": smpp.ESME_RINVDSTADR,
  "submit-failed": smpp.ESME_RSUBMITFAIL,
};

const server = smpp.createServer((session) => {
  session.on("error", () => {});
  session.on("bind_transceiver", (pdu) => {
    const known = pdu.system_id === "duban" && pdu.password === "sesame";
    session.send(pdu.response(known ? {} : { command_status: smpp.ESME_RINVPASWD }));
  });
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
  session.on("submit_sm", (pdu) => {
    const to = pdu.destination_addr;
    for (const [which, status] of Object.entries(statuses)) {
      if (meets(to, which)) return session.send(pdu.response({ command_status: status }));
    }
    if (meets(to, "drop-before-taking")) return session.destroy();
    const { udh, message } = pdu.short_message;
    const place = udh ? Buffer.concat([].concat(udh)).toString("hex") : "";
    const hash = crypto.createHash("sha256").update(message).digest("hex");
    fs.appendFileSync(took, JSON.stringify({ id: `${to}/${place}`, to, hash, text: message }) + "\n");
    if (meets(to, "take-then-drop")) return session.destroy();
    if (meets(to, "take-then-silent")) return;
    session.send(pdu.response({ message_id: `m${to}` }));
    const receipt = `id:m${to} sub:001 dlvrd:001 submit date:2603031200 done date:2603031201 stat:${meets(to, "nobody-there") ? "UNDELIV" : "DELIVRD"} err:000 text:`;
    session.deliver_sm({ esm_class: 4, source_addr: to, short_message: receipt }, () =>
      fs.appendFileSync(took + ".receipts", to + "\n"),
    );
  });
});
server.listen(Number(port), "127.0.0.1", () => console.log(server.address().port));
