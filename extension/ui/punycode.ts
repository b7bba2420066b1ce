// Reads and writes the ASCII form of a domain name (RFC 3492), so that a prompt can show both.
// Must never throw at a domain it cannot read: it answers null.

const BASE = 36;
const TMIN = 1;
const TMAX = 26;

function adapt(delta: number, points: number, first: boolean): number {
  let rest = first ? Math.floor(delta / 700) : delta >> 1;
  rest += Math.floor(rest / points);
  let k = 0;
  for (; rest > ((BASE - TMIN) * TMAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - TMIN));
  return k + Math.floor(((BASE - TMIN + 1) * rest) / (rest + 38));
}

function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 22;
  if (code >= 97 && code <= 122) return code - 97;
  return code >= 65 && code <= 90 ? code - 65 : BASE;
}

/** The label behind "xn--", or null when it is not punycode. */
function decodeLabel(label: string): string | null {
  const cut = label.lastIndexOf("-");
  const out = Array.from(cut > 0 ? label.slice(0, cut) : "");
  let n = 128;
  let i = 0;
  let bias = 72;
  for (let at = cut > 0 ? cut + 1 : 0; at < label.length;) {
    const start = i;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      if (at >= label.length) return null;
      const value = digit(label.charCodeAt(at++));
      if (value >= BASE) return null;
      i += value * weight;
      const t = Math.min(Math.max(k - bias, TMIN), TMAX);
      if (value < t) break;
      weight *= BASE - t;
    }
    bias = adapt(i - start, out.length + 1, start === 0);
    n += Math.floor(i / (out.length + 1));
    i %= out.length + 1;
    if (n > 0x10ffff) return null;
    out.splice(i++, 0, String.fromCodePoint(n));
  }
  return out.join("");
}

/** How a domain with "xn--" labels would be drawn by a mail program; null when it has none or cannot be read. */
export function drawnDomain(domain: string): string | null {
  if (!/(^|\.)xn--/i.test(domain)) return null;
  const labels: string[] = [];
  for (const label of domain.split(".")) {
    const plain = /^xn--/i.test(label) ? decodeLabel(label.slice(4).toLowerCase()) : label;
    if (plain === null) return null;
    labels.push(plain);
  }
  return labels.join(".");
}

/** The ASCII form that travels; null when the domain is not one. */
export function asciiDomain(domain: string): string | null {
  const url = `http://${domain}/`;
  if (/[\s/?#@:\\[\]%]/.test(domain) || !URL.canParse(url)) return null;
  return new URL(url).hostname;
}
