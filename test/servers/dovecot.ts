// The configuration of the stack's own Dovecot: IMAP, LMTP and ManageSieve on loopback, one folder for everything it writes.
// Must never point at a file of a Dovecot installed on the machine.
import { join } from "node:path";
import { DOMAIN, USERS } from "./people.ts";
import { FOLDERS } from "./seed.ts";

/** Debian's base system brings this account; no account is made for the tests. */
export const MAIL_OWNER = "mail";

export interface DovecotPlace {
  readonly dir: string;
  readonly imapPort: number;
  readonly sievePort: number;
  readonly lmtpPort: number;
  readonly smtpPort: number;
}

export function passwordFile(): string {
  return USERS.map((user) => `${user.name}:{PLAIN}${user.password}::::::\n`).join("");
}

export function dovecotConfig(place: DovecotPlace): string {
  const at = (...parts: string[]): string => join(place.dir, ...parts);
  const special = FOLDERS.map(
    (folder) => `  mailbox ${folder} {\n    auto = subscribe\n    special_use = \\${folder}\n  }`,
  ).join("\n");
  return `
base_dir = ${at("dovecot")}
state_dir = ${at("dovecot-state")}
log_path = ${at("log", "dovecot.log")}
instance_name = countersign-test-${place.imapPort}
listen = 127.0.0.1
protocols = imap lmtp sieve
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Ln
auth_failure_delay = 0
default_process_limit = 60
first_valid_uid = 1
hostname = mail.${DOMAIN}
postmaster_address = postmaster@${DOMAIN}
recipient_delimiter = +
submission_host = 127.0.0.1:${place.smtpPort}
mail_location = maildir:~/Maildir
mail_fsync = never

passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%n ${at("passwd")}
}
userdb {
  driver = static
  args = uid=${MAIL_OWNER} gid=${MAIL_OWNER} home=${at("mail")}/%n
}
namespace inbox {
  inbox = yes
  separator = /
${special}
}
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = ${place.imapPort}
  }
  inet_listener imaps {
    port = 0
  }
  service_count = 0
  process_min_avail = 1
}
service managesieve-login {
  inet_listener sieve {
    address = 127.0.0.1
    port = ${place.sievePort}
  }
  service_count = 0
}
service anvil {
  # No waiting after a wrong password: tests give some on purpose.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${place.lmtpPort}
  }
}
protocol lmtp {
  mail_plugins = sieve
}
protocol imap {
  mail_max_userip_connections = 100
}
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_max_redirects = 8
}
`;
}
