// How a notice looks: a quiet card in the lower corner, light and dark, readable at any zoom.
// Must never depend on the page's own styles; `!important` inside a shadow root wins over them.

export const STACK_STYLE = `
:host { all: initial !important; position: fixed !important; inset: auto 16px 16px auto !important;
  z-index: 2147483647 !important; display: flex !important; flex-direction: column !important; gap: 8px !important;
  width: min(360px, calc(100vw - 32px)) !important; max-height: calc(100vh - 32px) !important; overflow: auto !important;
  visibility: visible !important; opacity: 1 !important; pointer-events: none !important; }
@media print { :host { display: none !important; } }`;

export const CARD_STYLE = `
:host { all: initial !important; display: block !important; pointer-events: auto !important;
  font: 400 14px/1.45 system-ui, sans-serif !important; color: var(--ink) !important; color-scheme: light dark;
  --paper: #ffffff; --ink: #1a1c1e; --soft: #55595e; --line: #d5d8dc; --edge: #8a6100; }
:host([data-tone="refused"]) { --edge: #b3261e; }
:host([data-tone="released"]) { --edge: #1e6b3a; }
:host([data-tone="trouble"]) { --edge: #b3261e; }
@media (prefers-color-scheme: dark) {
  :host { --paper: #1f2124; --ink: #eceef0; --soft: #aeb3b9; --line: #43474c; --edge: #f0c05a; }
  :host([data-tone="refused"]), :host([data-tone="trouble"]) { --edge: #ff8a80; }
  :host([data-tone="released"]) { --edge: #7fd69b; }
}
.card { display: grid; grid-template-columns: 1fr auto; gap: 4px 8px; padding: 10px 8px 10px 12px; background: var(--paper);
  border: 1px solid var(--line); border-inline-start: 4px solid var(--edge); border-radius: 8px;
  box-shadow: 0 2px 10px rgb(0 0 0 / 0.18); overflow-wrap: anywhere; }
.from { margin: 0; font-weight: 600; font-size: 13px; color: var(--edge); }
.words { grid-column: 1 / -1; margin: 0; color: var(--ink); }
.mark { grid-column: 1 / -1; margin: 0; font-size: 12px; color: var(--soft); }
button { font: inherit; width: 28px; height: 28px; border: 0; border-radius: 6px; background: none; color: var(--soft); cursor: pointer; }
button:hover { background: var(--line); }
button:focus-visible { outline: 2px solid var(--edge); outline-offset: 1px; }`;
