// Keeps one stack running for a person at the keyboard: prints where it is and ends it on Ctrl-C.
// Must never outlive its process: the servers are its children.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describe, openControl } from "./control.ts";
import { startMailStack } from "./stack.ts";

export async function keepStack(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string" },
      control: { type: "string" },
      state: { type: "string" },
      html: { type: "boolean" },
      "no-install": { type: "boolean" },
    },
  });
  const stack = await startMailStack({
    ...(values.port === undefined ? {} : { ports: { http: Number(values.port) } }),
    htmleditor: values.html === true ? 1 : 0,
    ...(values["no-install"] === true ? { install: false } : {}),
  });
  const control = await openControl(stack, Number(values.control ?? "0"));
  const found = JSON.stringify({ ...describe(stack), controlUrl: control.url, pid: process.pid }, null, 1);
  if (values.state !== undefined) writeFileSync(values.state, `${found}\n`);
  process.stdout.write(`${found}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await control.close();
  await stack.stop();
}
