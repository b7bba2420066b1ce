// Brings up one whole webmail: Roundcube behind nginx and PHP, Dovecot, and the sink; resets it; ends it.
// Must never listen beyond 127.0.0.1, touch a server of the machine, or leave a process or a file behind.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { freePort, startDaemon, waitForDoor, type Daemon } from "./daemon.ts";
import { layOut, ownFolder, restoreDatabase, restoreMail } from "./folder.ts";
import { readMailboxes, type Mailboxes } from "./mailboxes.ts";
import { ensurePackages, installAllowed } from "./packages.ts";
import { USERS, type MailUser } from "./people.ts";
import { startSink, type Sink } from "./sink.ts";

export interface StackPorts {
  readonly http: number;
  readonly imap: number;
  readonly sieve: number;
  readonly smtp: number;
  readonly lmtp: number;
}

export interface StackOptions {
  readonly ports?: Partial<StackPorts>;
  /** A new folder that other accounts may reach; by default one under the system's temporary folder. */
  readonly dir?: string;
  readonly htmleditor?: 0 | 1;
  readonly install?: boolean;
}

export interface MailStack extends Mailboxes {
  /** For browsers, which resolve every name under .localhost to this machine. */
  readonly roundcubeUrl: string;
  /** The same server by number, for programs that do not resolve it. */
  readonly directUrl: string;
  readonly imapPort: number;
  readonly sievePort: number;
  readonly smtpPort: number;
  readonly dir: string;
  readonly pids: readonly number[];
  readonly users: readonly MailUser[];
  readonly sink: Omit<Sink, "stop">;
  /** The seeded state again; web sessions stay logged in. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMailStack(options: StackOptions = {}): Promise<MailStack> {
  ensurePackages({ install: options.install ?? installAllowed() });
  const dir = await ownFolder(options.dir);
  const ports = await choosePorts(options.ports ?? {});
  const place = {
    dir,
    httpPort: ports.http,
    imapPort: ports.imap,
    sievePort: ports.sieve,
    smtpPort: ports.smtp,
    lmtpPort: ports.lmtp,
    htmleditor: options.htmleditor ?? 0,
  } as const;
  await layOut(place);
  const sink = await startSink({ port: ports.smtp, lmtpPort: ports.lmtp, dir: join(dir, "sink") });
  const daemons: Daemon[] = [];
  const begin = (name: string, command: string, args: string[]): Daemon => {
    const daemon = startDaemon(name, command, args, join(dir, "log", `${name}.log`));
    daemons.push(daemon);
    return daemon;
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      await Promise.all([sink.stop(), ...daemons.map((daemon) => daemon.stop())]);
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    })());
  try {
    const config = join(dir, "roundcube");
    const dovecot = begin("dovecot", "/usr/sbin/dovecot", ["-F", "-c", join(dir, "dovecot.conf")]);
    const php = begin("php", await phpProgram(), ["--nodaemonize", "--fpm-config", join(config, "php.conf")]);
    const nginx = begin("nginx", "/usr/sbin/nginx", ["-p", config, "-c", join(config, "nginx.conf")]);
    await Promise.all([
      ...[ports.imap, ports.sieve, ports.lmtp].map((port) => waitForDoor(port, dovecot)),
      waitForDoor(ports.http, nginx),
      waitForDoor(join(config, "php.sock"), php),
    ]);
    await expectLoginPage(ports.http);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...readMailboxes(dir),
    roundcubeUrl: `http://roundcube.localhost:${ports.http}`,
    directUrl: `http://127.0.0.1:${ports.http}`,
    imapPort: ports.imap,
    sievePort: ports.sieve,
    smtpPort: ports.smtp,
    dir,
    pids: daemons.map((daemon) => daemon.pid),
    users: USERS,
    sink,
    reset: async () => {
      sink.clear();
      await Promise.all([restoreMail(dir), restoreDatabase(dir)]);
    },
    stop,
  };
}

async function choosePorts(wanted: Partial<StackPorts>): Promise<StackPorts> {
  return {
    http: wanted.http ?? (await freePort()),
    imap: wanted.imap ?? (await freePort()),
    sieve: wanted.sieve ?? (await freePort()),
    smtp: wanted.smtp ?? (await freePort()),
    lmtp: wanted.lmtp ?? (await freePort()),
  };
}

async function phpProgram(): Promise<string> {
  const found = (await readdir("/usr/sbin")).filter((name) => /^php-fpm\d/.test(name)).toSorted();
  const newest = found.at(-1);
  if (newest === undefined) throw new Error("PHP is not installed completely: there is no php-fpm in /usr/sbin.");
  return `/usr/sbin/${newest}`;
}

async function expectLoginPage(port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/?_task=login`);
  if (!(await answer.text()).includes('name="_pass"')) {
    throw new Error(`Roundcube does not show its login page (status ${answer.status}).`);
  }
}
