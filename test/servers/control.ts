// A small HTTP door to a running stack, on loopback, so that any script can look at the sink and the mailboxes.
// Must never be started by the product; it exists for tests and for people at the keyboard.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { MailStack } from "./stack.ts";

export async function openControl(stack: MailStack, port = 0): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void reply(stack, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function reply(stack: MailStack, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let status = 200;
  let value: unknown;
  try {
    value = await answer(stack, request);
    if (value === undefined) [status, value] = [404, { error: "There is nothing at this address." }];
  } catch (error) {
    [status, value] = [500, { error: error instanceof Error ? error.message : String(error) }];
  }
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value, null, 1));
}

async function answer(stack: MailStack, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const user = url.searchParams.get("user") ?? "alice";
  const folder = url.searchParams.get("folder") ?? "INBOX";
  const uid = Number(url.searchParams.get("uid") ?? "0");
  switch (`${request.method ?? ""} ${url.pathname}`) {
    case "GET /":
      return describe(stack);
    case "GET /sink":
      return stack.sink.messages();
    case "GET /sink/count":
      return stack.sink.count();
    case "POST /sink/clear":
      stack.sink.clear();
      return "cleared";
    case "POST /reset":
      await stack.reset();
      return "reset";
    case "GET /mailbox":
      return stack.mailbox(user, folder);
    case "GET /folders":
      return stack.folders(user);
    case "GET /mail":
      return stack.mail(user, folder, uid);
    case "GET /sieve":
      return stack.sieveScript(user);
    case "GET /identity":
      return (await stack.identity(user)) ?? {};
    default:
      return undefined;
  }
}

export function describe(stack: MailStack): Record<string, unknown> {
  const { roundcubeUrl, directUrl, imapPort, sievePort, smtpPort, dir, users } = stack;
  return { roundcubeUrl, directUrl, imapPort, sievePort, smtpPort, dir, users };
}
