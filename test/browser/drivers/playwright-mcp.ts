// npm's Playwright MCP as an agent's client starts it: stdio, attached to the browser over its debugging port.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Driver, Named } from "./driver.ts";
import { McpClient } from "./mcp.ts";

const program = join(dirname(createRequire(import.meta.url).resolve("@playwright/mcp/package.json")), "cli.js");

/** The reference a snapshot gives to the last control of that role and name. */
function reference(snapshot: string, control: Named): string {
  const hits: string[] = [];
  for (const line of snapshot.split("\n")) {
    const match = /- (\w+)(?: "((?:[^"\\]|\\.)*)")?.*\[ref=(\w+)\]/.exec(line);
    if (!match || match[1] !== control.role) continue;
    const name = match[2] ?? "";
    const same = typeof control.name === "string" ? name === control.name : control.name.test(name);
    if (same && match[3] !== undefined) hits.push(match[3]);
  }
  const ref = hits[0];
  if (ref === undefined) throw new Error(`no ${control.role} "${String(control.name)}" in the snapshot`);
  return ref;
}

export async function playwrightMcpDriver(cdp: string): Promise<Driver> {
  const client = new McpClient(program, ["--cdp-endpoint", cdp]);
  await client.open();
  await client.call("browser_tabs", { action: "new" });
  return {
    name: "Playwright MCP",
    goto: async (url) => {
      await client.call("browser_navigate", { url });
    },
    evaluate: async <T>(expression: string) => {
      const text = await client.call("browser_evaluate", {
        function: `async () => "<<<" + JSON.stringify(await (${expression}) ?? null) + ">>>"`,
      });
      const match = /"<<<([\s\S]*?)>>>"/.exec(text);
      if (!match) throw new Error(`no value in: ${text.slice(0, 200)}`);
      return JSON.parse(JSON.parse(`"${match[1] ?? ""}"`) as string) as T;
    },
    click: async (control) => {
      const snapshot = await client.call("browser_snapshot", {});
      await client.call("browser_click", { element: String(control.name), target: reference(snapshot, control) });
    },
    close: async () => {
      await client.call("browser_tabs", { action: "close" }).catch(() => "");
      client.close();
    },
  };
}
