// A display of the test's own (Xvfb), with a plain window manager as on a desk, and what can be seen on it.
// Must never use the display a person sits at, and never outlive its test.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { crc32, deflateSync } from "node:zlib";
import { startDaemon } from "../servers/daemon.ts";
import { BROWSER_PACKAGES, ensurePackages, installAllowed } from "../servers/packages.ts";

export interface Screen {
  /** e.g. ":7" */
  readonly display: string;
  /** Red, green and blue of one point, 0 to 255. */
  point(x: number, y: number): readonly [number, number, number];
  /** The area filled with one colour, as a button is: rows where it runs on for 60 points; null when there is none. */
  filled(colour: readonly [number, number, number]): Area | null;
  /** Writes what is on the screen now as a PNG. */
  save(file: string): void;
  stop(): Promise<void>;
}

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly line: number;
  readonly bytes: Buffer;
}

/** Xvfb keeps its screen in a file in the form of `xwd`: big-endian numbers, a colour table, then the points. */
function frameOf(file: string): Frame {
  const whole = readFileSync(file);
  const at = (index: number) => whole.readUInt32BE(index * 4);
  return { width: at(4), height: at(5), line: at(12), bytes: whole.subarray(at(0) + at(19) * 12) };
}

const RUN = 60;

function areaOf(
  { width, height, line, bytes }: Frame,
  [red, green, blue]: readonly [number, number, number],
): Area | null {
  let area = null as Area | null;
  for (let y = 0; y < height; y += 1)
    for (let x = 0, run = 0; x < width; x += 1) {
      const from = y * line + x * 4;
      run = bytes[from] === blue && bytes[from + 1] === green && bytes[from + 2] === red ? run + 1 : 0;
      if (run < RUN) continue;
      const left = x - run + 1;
      area = {
        left: Math.min(area?.left ?? left, left),
        top: Math.min(area?.top ?? y, y),
        right: Math.max(area?.right ?? x, x),
        bottom: Math.max(area?.bottom ?? y, y),
      };
    }
  return area;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const edges = Buffer.alloc(8);
  edges.writeUInt32BE(data.length, 0);
  edges.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([edges.subarray(0, 4), body, edges.subarray(4)]);
}

function pngOf({ width, height, line, bytes }: Frame): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, to = 0; y < height; y += 1) {
    to += 1;
    for (let x = 0, from = y * line; x < width; x += 1, from += 4, to += 3) {
      rows[to] = bytes[from + 2] ?? 0;
      rows[to + 1] = bytes[from + 1] ?? 0;
      rows[to + 2] = bytes[from] ?? 0;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const mark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([mark, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

export async function startScreen(size = "1280x900"): Promise<Screen> {
  ensurePackages({ install: installAllowed(), packages: BROWSER_PACKAGES });
  const folder = mkdtempSync(join(tmpdir(), "countersign-screen-"));
  const log = join(folder, "xvfb.log");
  const told = join(folder, "display");
  // The shell only gives Xvfb a file of its own to say its number in.
  const args = ["-c", `exec Xvfb -displayfd 3 -screen 0 ${size}x24 -nolisten tcp -fbdir "${folder}" 3>"${told}"`];
  const server = startDaemon("Xvfb", "sh", args, log);
  let number = "";
  for (const end = Date.now() + 20_000; number === "";) {
    await pause(25);
    const text = await Promise.resolve(told)
      .then((file) => readFileSync(file, "utf8"))
      .catch(() => "");
    number = /^\d+(?=\n)/.exec(text)?.[0] ?? "";
    if (number === "" && (server.ended() !== undefined || Date.now() > end))
      throw new Error(`Xvfb did not start: ${server.ended() ?? "it says nothing"}`);
  }
  const display = `:${number}`;
  const manager = startDaemon("openbox", "env", [`DISPLAY=${display}`, "openbox", "--sm-disable"], log);
  const file = join(folder, "Xvfb_screen0");
  return {
    display,
    point: (x, y) => {
      const { line, bytes } = frameOf(file);
      const from = y * line + x * 4;
      return [bytes[from + 2] ?? 0, bytes[from + 1] ?? 0, bytes[from] ?? 0];
    },
    filled: (colour) => areaOf(frameOf(file), colour),
    save: (to) => writeFileSync(to, pngOf(frameOf(file))),
    stop: async () => {
      await manager.stop();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
