// What the extension keeps to prove itself: its own key, and the companion it is paired with. Both as keys that cannot be read.
// Must never keep a secret as bytes, nor more than one companion.
import { Dexie, type Table } from "dexie";
import type { Bytes } from "../../../shared/base64url.ts";
import { newKeys, type StaticKeys, staticKeys } from "../../../shared/channel.ts";

export interface Paired {
  /** The companion's public key, as it travels. */
  readonly publicKey: Bytes;
  /** The lasting secret; usable, never readable. */
  readonly secret: CryptoKey;
  readonly port: number;
  readonly pairedAt: string;
}

type Row = { readonly id: "own"; readonly pair: CryptoKeyPair } | { readonly id: "companion"; readonly paired: Paired };

export interface Keys {
  own(): Promise<StaticKeys>;
  companion(): Promise<Paired | null>;
  keep(paired: Paired): Promise<void>;
  forget(): Promise<void>;
}

export function openKeys(): Keys {
  const db = new Dexie("countersign-keys") as Dexie & { rows: Table<Row, Row["id"]> };
  db.version(1).stores({ rows: "id" });

  return {
    async own() {
      const fresh = await newKeys(false);
      // The first one stored stays, even when two contexts start at once.
      const pair = await db.transaction("rw", db.rows, async () => {
        const row = await db.rows.get("own");
        if (row?.id === "own") return row.pair;
        await db.rows.add({ id: "own", pair: fresh });
        return fresh;
      });
      return staticKeys(pair);
    },
    async companion() {
      const row = await db.rows.get("companion");
      return row?.id === "companion" ? row.paired : null;
    },
    async keep(paired) {
      await db.rows.put({ id: "companion", paired });
    },
    async forget() {
      await db.rows.clear();
    },
  };
}
