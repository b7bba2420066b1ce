// Stands in shared/meaning.ts's place in the floor build: everything the same, except that nothing is hashed.
// Exists only in builds made by the bench; must never be reachable from the product's sources.
export * from "../../shared/meaning.ts";

const NOTHING = "0".repeat(64);
export const sha256Hex = (): Promise<string> => Promise.resolve(NOTHING);
export const meaningDigest = (): Promise<string> => Promise.resolve(NOTHING);
