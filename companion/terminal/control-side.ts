// What each ask of our own command line does, in terms of the companion's rooms.
// Must never answer a question or accept a profile for anybody but the person at the command line.
import type { ControlSide } from "./control.ts";
import type { BrowserReport } from "./control-words.ts";
import type { Desk } from "../desk/desk.ts";
import type { KeyStore } from "../state/key-store.ts";
import type { Profile } from "../profile/profile.ts";
import { reportProfile } from "../profile/profile-report.ts";
import type { Server } from "../door/server.ts";
import { VERSION } from "../version.ts";

export interface Rooms {
  readonly home: string;
  readonly startedAt: string;
  readonly desk: Desk;
  readonly profile: Profile;
  readonly keys: KeyStore;
  readonly server: Server;
  readonly onStop: () => void;
}

const MB = 1024 * 1024;

export function controlSide(rooms: Rooms): ControlSide {
  const { home, startedAt, desk, profile, keys, server } = rooms;
  return {
    async status() {
      const state = await desk.status();
      return {
        version: VERSION,
        pid: process.pid,
        port: server.port,
        startedAt,
        stopped: state.stopped,
        questions: state.questions,
        records: state.records,
        memoryMb: Math.round(process.memoryUsage.rss() / MB),
        browsers: keys.peers().map(({ id, origin, browser, pairedAt }): BrowserReport => {
          const here = state.browsers.find((it) => it.id === id);
          const name = here?.browser ?? browser;
          return { id, origin, browser: name, pairedAt, connected: Boolean(here), debugging: here?.terminalOnly ?? "" };
        }),
      };
    },
    pair: () => server.openPairing(),
    questions: () => Promise.resolve({ questions: desk.questions() }),
    async answer({ approvalId, answer, digest }) {
      const trouble = await desk.answerFromTerminal(approvalId, answer, digest);
      if (trouble) throw new Error(trouble.message);
      return { words: answer === "approve" ? "Approved, once." : "Refused; nothing was let through." };
    },
    async profile() {
      await profile.review();
      return reportProfile(profile, home);
    },
    async accept({ digest }) {
      await profile.accept(digest);
      return reportProfile(profile, home);
    },
    async resume() {
      await desk.resume();
      return { words: "Agents may go on, under your profile." };
    },
    stop() {
      // After the answer is on its way.
      setImmediate(rooms.onStop);
      return Promise.resolve({ words: "Countersign stops. Until it runs again, every guarded write is blocked." });
    },
    records: (wanted) => desk.records(wanted),
    onRecord: (hear) => desk.onRecord(hear),
  };
}
