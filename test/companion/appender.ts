// A process of its own that appends without end, says on stdout what was acknowledged, and kills itself between a write
// and its sync: `appender <folder> <which sync>`. Run by ledger-crash.test.ts.
import { open } from "node:fs/promises";
import { writeSync } from "node:fs";
import { Ledger } from "../../companion/ledger/ledger.ts";

const [path = "", fatal = "1"] = process.argv.slice(2);
let syncs = 0;

const ledger = await Ledger.open({
  folder: path,
  openFile: async (name, flags, mode) => {
    const file = await open(name, flags, mode);
    return {
      write: (buffer, offset, length, position) => file.write(buffer, offset, length, position),
      truncate: (length) => file.truncate(length),
      close: () => file.close(),
      datasync: async () => {
        syncs += 1;
        if (syncs === Number(fatal)) process.kill(process.pid, "SIGKILL");
        await file.datasync();
      },
    };
  },
});

async function appendForever(writer: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const [record] = await ledger.append([{ kind: "guard", what: `writer ${writer}`, detail: String(count) }]);
    writeSync(1, `${JSON.stringify(record)}\n`);
  }
}
await Promise.all([1, 2, 3].map(appendForever));
