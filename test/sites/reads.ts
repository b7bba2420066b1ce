// Answers for a site's own reads in tests: fixed pages by address, a memory, and a record of what was asked.
// Must never answer an address that was not given: an unexpected read fails like the real one would.
import type { SiteReads } from "../../extension/sites/site.ts";

export interface Page {
  readonly status: number;
  readonly contentType: string;
  /** One character per byte. */
  readonly body: string;
}

export interface FixedReads extends SiteReads {
  readonly asked: string[];
  readonly memory: Map<string, string>;
}

export const octets = (latin: string): Uint8Array<ArrayBuffer> => Uint8Array.from(latin, (c) => c.charCodeAt(0));

export function fixedReads(
  pages: Readonly<Record<string, Page>>,
  cookies: readonly string[] = ["roundcube_sessid", "roundcube_sessauth"],
): FixedReads {
  const asked: string[] = [];
  const memory = new Map<string, string>();
  return {
    asked,
    memory,
    get(path) {
      asked.push(path);
      const page = pages[path];
      if (!page) return Promise.reject(new Error(`There is no page ${path} here.`));
      return Promise.resolve({
        status: page.status,
        contentType: page.contentType,
        body: octets(page.body),
        headers: new Map([["content-type", page.contentType]]),
      });
    },
    cookieNames: () => Promise.resolve(cookies),
    recall: (key) => Promise.resolve(memory.get(key)),
    remember: (key, value) => Promise.resolve(void memory.set(key, value)),
  };
}
