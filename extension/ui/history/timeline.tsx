// Today by the hour: how much went by rule, by a yes, or not at all. An hour can be picked.
import { Icon } from "../icons.tsx";
import "./timeline.css";
import type { Bar } from "./row-words.ts";

const HEIGHT = 56;
const two = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;

function inWords(bar: Bar): string {
  const parts = [
    `${bar.rule} by rule`,
    bar.approved > 0 ? `${bar.approved} approved` : "",
    bar.stopped > 0 ? `${bar.stopped} stopped` : "",
    bar.odd > 0 ? "a gap or incident" : "",
  ].filter((words) => words !== "");
  return `${two(bar.hour)} to ${two(bar.hour + 1)}: ${parts.join(", ")}`;
}

interface Props {
  readonly bars: readonly Bar[];
  readonly picked: number | null;
  readonly onPick: (hour: number | null) => void;
}

export function Timeline({ bars, picked, onPick }: Props) {
  const most = Math.max(1, ...bars.map((bar) => bar.rule + bar.approved + bar.stopped));
  // The smallest count is still seen.
  const tall = (count: number): number => (count === 0 ? 0 : Math.max(3, Math.round((count / most) * HEIGHT)));
  return (
    <figure class="plot" aria-label="Today by the hour">
      <div class="legend" aria-hidden="true">
        <span class="by-rule">by rule</span>
        <span class="by-yes">approved</span>
        <span class="by-stop">stopped</span>
      </div>
      <div class="bars">
        {bars.map((bar) => {
          const stop = tall(bar.stopped);
          const yes = tall(bar.approved);
          const rule = tall(bar.rule);
          const on = picked === bar.hour;
          return (
            <button
              key={bar.hour}
              type="button"
              class="bar-of"
              aria-pressed={on}
              aria-label={inWords(bar)}
              title={inWords(bar)}
              onClick={() => onPick(on ? null : bar.hour)}
            >
              <svg viewBox={`0 0 30 ${HEIGHT + 14}`} preserveAspectRatio="none" aria-hidden="true">
                <rect class="by-rule" x="2" width="26" y={HEIGHT + 14 - rule} height={rule} />
                <rect class="by-yes" x="2" width="26" y={HEIGHT + 12 - rule - yes} height={yes} />
                <rect class="by-stop" x="2" width="26" y={HEIGHT + 10 - rule - yes - stop} height={stop} />
              </svg>
              <span class="hour">{two(bar.hour)}</span>
              {bar.odd > 0 && <Icon name="odd" size={14} tone="odd" />}
            </button>
          );
        })}
      </div>
    </figure>
  );
}
