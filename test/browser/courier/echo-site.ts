// Stands in for extension/sites/index.ts in the test build: one site that understands what the echo server takes.
// Must never be part of a real build.
import { emptyMeaning, sha256Hex } from "../../../shared/meaning.ts";
import type { Site } from "../../../extension/sites/site.ts";

const echo: Site = {
  id: "echo",
  name: "Echo",
  deadlineMs: 60_000,
  guardedGets: [String.raw`/guarded\?`],
  freeGets: [String.raw`/guarded\?free`],
  barredCookies: "^_",
  controls: [],
  async recognise(request, reads) {
    if (request.url.pathname === "/strange") throw new Error("the echo site knows no /strange.");
    const { pathname } = request.url;
    const reading = request.method === "GET" && !pathname.endsWith("/changing");
    const verb = pathname === "/draft" ? "mail.draft" : reading ? "mail.download" : "mail.send";
    const meaning = emptyMeaning("echo", "alex@acme.example", verb);
    meaning.title = request.url.pathname + request.url.search;
    const look = request.url.searchParams.get("look");
    if (look !== null) meaning.text = new TextDecoder().decode((await reads.get(look)).body);
    meaning.source = request.body ? await sha256Hex(request.body) : "";
    meaning.place = (await reads.cookieNames()).join(" ");
    return { verb, meaning, canonical: true, serial: null };
  },
  refuse: (_request, words) => ({ how: "answer", status: 409, contentType: "text/plain", body: words }),
  detect: (html) => html.includes("Echo mail"),
};

export const SITES: readonly Site[] = [echo];
export const siteById = (id: string): Site | undefined => SITES.find((site) => site.id === id);
