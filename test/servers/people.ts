// The four people who have a mailbox in the test stack, and how a local address is told from an outside one.
// Must never name an address outside the reserved .test and .example domains.
export const DOMAIN = "example.test";

export interface MailUser {
  readonly name: string;
  readonly fullName: string;
  readonly address: string;
  readonly password: string;
}

function person(name: string, fullName: string): MailUser {
  return { name, fullName, address: `${name}@${DOMAIN}`, password: `${name}-test-pw` };
}

export const USERS: readonly MailUser[] = [
  person("alice", "Alice Moreau"),
  person("bob", "Bob Keller"),
  person("carol", "Carol Nwosu"),
  person("mallory", "Mallory Finch"),
];

export function mailUser(name: string): MailUser {
  const found = USERS.find((user) => user.name === name);
  if (found === undefined) throw new Error(`There is no test user "${name}".`);
  return found;
}

export function atHome(address: string): boolean {
  return address.toLowerCase().endsWith(`@${DOMAIN}`);
}

export function hasMailbox(address: string): boolean {
  const local = address.slice(0, address.lastIndexOf("@")).toLowerCase().split("+")[0];
  return atHome(address) && USERS.some((user) => user.name === local);
}
