// The drawings of the pages, by name. Shape says what colour repeats.

const DRAWN = {
  agent: (
    <>
      <rect x="3" y="5.5" width="12" height="9" rx="2.5" />
      <path d="M9 5.5V3M6.8 9.5v1M11.2 9.5v1" />
    </>
  ),
  rule: (
    <>
      <circle cx="9" cy="9" r="6.5" />
      <path d="m6.3 9.2 1.9 1.9 3.6-3.9" />
    </>
  ),
  yes: (
    <>
      <circle cx="9" cy="9" r="7" class="fill" />
      <path d="m6.2 9.2 1.9 1.9 3.7-3.9" class="cut" />
    </>
  ),
  stop: (
    <>
      <path d="M6.1 2h5.8L16 6.1v5.8L11.9 16H6.1L2 11.9V6.1z" class="fill" />
      <path d="M5.8 9h6.4" class="cut" />
    </>
  ),
  wait: (
    <>
      <circle cx="9" cy="9" r="6.5" />
      <path d="M9 5.5V9l2.3 1.7" />
    </>
  ),
  odd: <path d="M9 3 2.5 14.5h13zM9 7.5v3M9 12.6v.1" />,
  key: (
    <>
      <circle cx="6" cy="9" r="3.2" />
      <path d="M9.2 9H16M13.5 9v2.5" />
    </>
  ),
  find: (
    <>
      <circle cx="8" cy="8" r="4.7" />
      <path d="m11.6 11.6 3.6 3.6" />
    </>
  ),
  left: <path d="M11 4.5 6.5 9l4.5 4.5" />,
  right: <path d="M7 4.5 11.5 9 7 13.5" />,
  to: <path d="M2.5 9h12M10.5 5l4 4-4 4" />,
  file: <path d="M5 2.500h5.500L14 6v9.500H5zM10.5 2.500V6H14" />,
  eye: <path d="M2 9s2.6-4.5 7-4.500S16 9 16 9s-2.6 4.5-7 4.500S2 9 2 9zM3 15 15 3" />,
  link: (
    <path d="M7.5 10.5 10.5 7.500M8 5.500l1.3-1.300a3.2 3.2 0 0 1 4.5 4.500L12.5 10M10 12.500l-1.3 1.300a3.2 3.2 0 0 1-4.5-4.500L5.5 8" />
  ),
  mark: (
    <>
      <path d="M2.9 12.200c2.9-6.9 4.5-8.2 5.4-7.4 1.5 1.2-3.2 6.6-1.4 7.3 1.3.6 2.3-2.5 3.5-2.1.9.2.1 2 1.2 2.1.8.2 1.7-.6 3-1.3" />
      <path d="M3 15.400h12" />
    </>
  ),
};
export type IconName = keyof typeof DRAWN;

export function Icon({ name, size = 18, tone }: { name: IconName; size?: number; tone?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 18 18"
      aria-hidden="true"
      class={tone === undefined ? "icon" : `icon is-${tone}`}
    >
      {DRAWN[name]}
    </svg>
  );
}
