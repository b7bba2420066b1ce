// The only site the test extension knows: one guarded read with an exception, and three controls.
import type { Site } from "../../../extension/sites/site.ts";

const never = (): never => {
  throw new Error("the page scripts recognise nothing");
};

export const SITES: readonly Site[] = [
  {
    id: "probe",
    name: "Probe",
    deadlineMs: 150_000,
    guardedGets: ["^http://[^/]+/guarded/"],
    freeGets: ["^http://[^/]+/guarded/free"],
    controls: [
      { verb: "mail.send", selector: "#send", events: ["click"] },
      { verb: "mail.delete", selector: "#list", events: ["drop"], keys: [{ key: "Delete", anywhere: true }] },
      { verb: "mail.set-filter", selector: "#filter", events: ["submit"] },
    ],
    recognise: never,
    refuse: never,
    detect: () => true,
  },
];
