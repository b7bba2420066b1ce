// Every property test draws the same cases each time, so that a red run can be seen again; `npm run fuzz` draws others.
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env["FUZZ_SEED"] ?? 20_261_125) });
