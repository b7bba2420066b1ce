// npm's chrome-devtools-mcp as an agent's client starts it: stdio, attached to the browser over its debugging port.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Driver, Named } from "./driver.ts";
import { McpClient } from "./mcp.ts";

const folder = dirname(createRequire(import.meta.url).resolve("chrome-devtools-mcp/package.json"));
const program = join(folder, "build/src/bin/chrome-devtools-mcp.js");

function reference(snapshot: string, control: Named): string {
  for (const line of snapshot.split("\n")) {
    const match = /uid=(\w+) (\w+)(?: "((?:[^"\\]|\\.)*)")?/.exec(line);
    if (!match || match[2] !== control.role) continue;
    const name = match[3] ?? "";
    if (typeof control.name === "string" ? name === control.name : control.name.test(name)) return match[1] ?? "";
  }
  throw new Error(`no ${control.role} "${String(control.name)}" in the snapshot`);
}

export async function devtoolsMcpDriver(cdp: string): Promise<Driver> {
  const client = new McpClient(program, ["--browserUrl", cdp, "--no-usage-statistics"], {
    CHROME_DEVTOOLS_MCP_NO_UPDATE_CHECKS: "1",
  });
  await client.open();
  const opened = await client.call("new_page", { url: "about:blank" });
  // The newest page is the last one listed, e.g. "2: about:blank [selected]".
  const pageId = Number([...opened.matchAll(/^\s*(\d+): /gm)].at(-1)?.[1] ?? "1");
  return {
    name: "chrome-devtools-mcp",
    goto: async (url) => {
      await client.call("navigate_page", { pageId, type: "url", url });
    },
    evaluate: async <T>(expression: string) => {
      const text = await client.call("evaluate_script", {
        pageId,
        function: `async () => "<<<" + JSON.stringify(await (${expression}) ?? null) + ">>>"`,
      });
      const match = /"<<<([\s\S]*?)>>>"/.exec(text);
      if (!match) throw new Error(`no value in: ${text.slice(0, 200)}`);
      return JSON.parse(JSON.parse(`"${match[1] ?? ""}"`) as string) as T;
    },
    click: async (control) => {
      const snapshot = await client.call("take_snapshot", { pageId });
      await client.call("click", { pageId, uid: reference(snapshot, control) });
    },
    close: async () => {
      client.close();
    },
  };
}
