// Three projects: repository (the house rules, seconds), unit (no browser), browser (real Chromium, real servers).
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "repository", include: ["test/repository/**/*.test.ts"] } },
      {
        test: {
          name: "unit",
          setupFiles: ["test/seed.ts"],
          include: ["test/{shared,companion,extension,sites}/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/{servers,browser,bypass}/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
