// One file a message (.txt where it is not even JSON): those in good/ are taken, those in bad/ are refused, each as the kind its name begins with.
import { readdirSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { FrameError, readFrame } from "../../shared/frame.ts";
import { PushSchema, ReplySchema, RequestSchema } from "../../shared/protocol.ts";

const SCHEMAS = { request: RequestSchema, reply: ReplySchema, push: PushSchema };
const folder = (name: string): URL => new URL(`../protocol/${name}/`, import.meta.url);
const files = (name: string): string[] => readdirSync(folder(name)).filter((file) => /\.(json|txt)$/.test(file));

/** Null when the message is taken; why not, otherwise. */
function refusal(name: string, file: string): string | null {
  const kind = file.split("-")[0] as keyof typeof SCHEMAS;
  try {
    const read = v.safeParse(SCHEMAS[kind], readFrame(readFileSync(new URL(file, folder(name)))));
    return read.success ? null : read.issues[0].message;
  } catch (error) {
    if (error instanceof FrameError) return error.message;
    throw error;
  }
}

describe("messages in files", () => {
  it.each(files("good"))("takes %s", (file) => expect(refusal("good", file)).toBeNull());
  it.each(files("bad"))("refuses %s", (file) => expect(refusal("bad", file)).toMatch(/\w/));
  it("has a good one of every type", () => {
    const all = Object.entries(SCHEMAS).flatMap(([kind, schema]) =>
      schema.options.map((option) => `${kind}-${option.entries.type.literal}.json`),
    );
    expect(files("good")).toEqual(expect.arrayContaining(all));
  });
});
