// A record as one line of `countersign log`.
// Must never print text of a page unquoted.
import type { AuditRecord } from "../../shared/audit.ts";
import { inOneLine, quoteForTerminal } from "./quote.ts";

const RECEIVING = new Set(["to", "cc", "bcc", "redirect", "forwardTo", "guest", "grantee"]);

function words(record: AuditRecord): string {
  switch (record.kind) {
    case "decided": {
      const { summary } = record;
      const people = summary.people
        .filter((person) => RECEIVING.has(person.field))
        .map((person) => quoteForTerminal(person.address));
      const to = people.length === 0 ? "" : ` to ${people.join(", ")}`;
      const rules = record.rules.length === 0 ? "" : ` [${record.rules.map((rule) => rule.id).join(", ")}]`;
      const why = record.because === null ? "" : `: ${inOneLine(record.because)}`;
      return `${record.verdict} ${summary.verb}${to} ${quoteForTerminal(summary.title, 80)}${why}${rules}`;
    }
    case "answered":
      return `${record.state}${record.channel === null ? "" : ` in the ${record.channel}`}`;
    case "spent":
      return "released";
    case "outcome":
      return `${record.outcome}${record.note === "" ? "" : `: ${quoteForTerminal(record.note)}`}`;
    case "incident":
      return `incident: ${quoteForTerminal(`${record.what} ${record.detail}`)}`;
    case "gap":
      return `gap: ${quoteForTerminal(record.why)}`;
    case "guard":
    case "profile":
      return `${record.kind}: ${quoteForTerminal(`${record.what}. ${record.detail}`, 2_000)}`;
  }
}

export function logLine(record: AuditRecord): string {
  const action = "action" in record ? ` ${record.action.slice(0, 8)}` : "";
  return `${record.seq} ${record.at}${action} ${words(record)}`;
}
