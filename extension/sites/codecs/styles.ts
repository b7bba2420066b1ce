// Whether an inline style keeps text from being seen: nothing shown, no size, no contrast, out of the page.
// Must never call text hidden that everyone sees, nor trust a style it cannot read.

export interface Look {
  readonly hidden: boolean;
  /** Text and background colour as #rrggbb; null when a style names one we cannot read. */
  readonly color: string | null;
  readonly background: string | null;
}

export const PLAIN_LOOK: Look = { hidden: false, color: "#000000", background: "#ffffff" };

const NAMED: Readonly<Record<string, string>> = {
  white: "#ffffff",
  black: "#000000",
  red: "#ff0000",
  green: "#008000",
  blue: "#0000ff",
  yellow: "#ffff00",
  gray: "#808080",
  grey: "#808080",
  silver: "#c0c0c0",
  whitesmoke: "#f5f5f5",
  snow: "#fffafa",
  ivory: "#fffff0",
};

/** `#rrggbb`, "transparent", or null for a colour we do not know. */
export function colourOf(text: string): string | null {
  const value = text.trim().toLowerCase();
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(value);
  if (short) return `#${short[1]}${short[1]}${short[2]}${short[2]}${short[3]}${short[3]}`;
  if (/^#[0-9a-f]{6}$/.test(value)) return value;
  if (value === "transparent" || /^(rgba|hsla?)\(.*[,/]\s*0(\.0*)?%?\s*\)$/.test(value)) return "transparent";
  const rgb = /^rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)/.exec(value);
  if (rgb) return `#${[rgb[1], rgb[2], rgb[3]].map((n) => Number(n).toString(16).padStart(2, "0")).join("")}`;
  return Object.hasOwn(NAMED, value) ? (NAMED[value] ?? null) : null;
}

/** True when two colours cannot be told apart by eye. */
export function alike(one: string | null, other: string | null): boolean {
  if (one === null || other === null || !one.startsWith("#") || !other.startsWith("#")) return one === "transparent";
  const parts = [1, 3, 5].map((at) =>
    Math.abs(Number.parseInt(one.slice(at, at + 2), 16) - Number.parseInt(other.slice(at, at + 2), 16)),
  );
  return Math.max(...parts) <= 24;
}

const HIDING: readonly RegExp[] = [
  /(^|;)display:none/,
  /(^|;)visibility:(hidden|collapse)/,
  /(^|;)opacity:(0?\.0\d*|0|0%)(;|$)/,
  /(^|;)font-size:[+]?(0|0?\.\d+|1|2)(\.\d+)?(px|pt|em|rem|%|vw)?(;|$)/,
  /(^|;)font:[^;]*\b[012]px/,
  /(^|;)(max-)?(height|width):[01](px|pt|em|%)?(;|$)/,
  /(^|;)line-height:0/,
  /(^|;)text-indent:-\d{3,}/,
  /(^|;)(left|right|top|bottom|margin-left|margin-top):-\d{3,}/,
  /(^|;)transform:[^;]*(scale\(0|translate[xy3d]*\(-?\d{4,})/,
  /(^|;)clip(-path)?:(rect\(0|rect\(1px|inset\((50|100)%)/,
  /(^|;)mso-hide:all/,
  /(^|;)content-visibility:hidden/,
];
const NOT_EM = /(^|;)font-size:[12](\.\d+)?(em|rem)(;|$)/;

/** The look of an element with this inline style, inside an element that looks like `outer`. */
export function lookOf(outer: Look, style: string): Look {
  const css = style
    .toLowerCase()
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\\/g, "")
    .replace(/!important/g, "")
    .replace(/\s*([:;,()])\s*/g, "$1")
    .trim();
  const hides = HIDING.some((way) => way.test(css) && !(way === HIDING[3] && NOT_EM.test(css)));
  const color = /(?:^|;)color:([^;]+)/.exec(css)?.[1];
  const ground = /(?:^|;)background(?:-color)?:([^;]+)/.exec(css)?.[1];
  const own = color === undefined ? outer.color : colourOf(color);
  const first = ground === undefined ? undefined : (colourOf(ground) ?? colourOf(ground.split(" ")[0] ?? ""));
  const background = first === undefined ? outer.background : first === "transparent" ? outer.background : first;
  return { hidden: outer.hidden || hides || alike(own, background), color: own, background };
}
