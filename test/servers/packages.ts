// Knows which Debian packages the tests need and installs the missing ones, as root, without starting any service.
// Must never stop, reload or reconfigure a server that is already on the machine, and never install where forbidden.
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

export const SERVER_PACKAGES: readonly string[] = [
  "roundcube-core",
  "roundcube-sqlite3",
  "roundcube-plugins",
  "php-fpm",
  "php-sqlite3",
  "php-zip",
  "sqlite3",
  "nginx-light",
  "dovecot-imapd",
  "dovecot-lmtpd",
  "dovecot-managesieved",
  "dovecot-sieve",
];
export const BROWSER_PACKAGES: readonly string[] = ["chromium", "xvfb", "xdotool", "openbox", "xclip"];

const POLICY = "/usr/sbin/policy-rc.d";

export function missingPackages(names: readonly string[]): string[] {
  return names.filter((name) => {
    try {
      const state = execFileSync("dpkg-query", ["-W", "-f=${db:Status-Status}", name], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      return state !== "installed";
    } catch {
      return true;
    }
  });
}

export function installAllowed(): boolean {
  return process.env["COUNTERSIGN_NO_INSTALL"] !== "1" && !process.argv.includes("--no-install");
}

function cannotInstall(missing: readonly string[], why: string): Error {
  const command = `apt-get install --no-install-recommends ${missing.join(" ")}`;
  return new Error(`The mail servers for the tests are not installed and ${why}: run "${command}" as root.`);
}

/** Installs what is missing; resolves to the names it installed. */
export function ensurePackages(options: { install: boolean; packages?: readonly string[] }): string[] {
  const missing = missingPackages(options.packages ?? SERVER_PACKAGES);
  if (missing.length === 0) return [];
  if (!options.install) throw cannotInstall(missing, "installing is switched off");
  if (!existsSync("/etc/debian_version")) throw cannotInstall(missing, "this is not a Debian system");
  if (process.getuid?.() !== 0) throw cannotInstall(missing, "only root may install them");
  const ownPolicy = !existsSync(POLICY);
  // 101 is Debian's word for "do not start or restart services now".
  if (ownPolicy) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    installFromArchive(missing);
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
  return missing;
}

function installFromArchive(missing: readonly string[]): void {
  const patience = ["-o", "DPkg::Lock::Timeout=900"];
  const keepOldFiles = ["-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"];
  const apt = (args: string[]): void => {
    execFileSync("apt-get", [...args, ...patience], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "pipe"],
    });
  };
  const install = ["install", "-y", "-q", "--no-install-recommends", ...keepOldFiles, ...missing];
  try {
    apt(install);
  } catch {
    // The package lists may be missing or old: read them once, then a second failure is final.
    apt(["update", "-q"]);
    apt(install);
  }
}
