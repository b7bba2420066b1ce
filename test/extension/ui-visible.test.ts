// Text of others: nothing unseen stays unseen, nothing is dropped, nothing harmless is marked.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pieces, visible } from "../../extension/ui/visible.ts";

describe("visible", () => {
  it("names what turns the line round, and shows what it hid", () => {
    const attack = "invoice\u202efdp.exe";
    // Unguarded, a browser draws this name as "invoiceexe.pdf".
    expect(attack).toContain("\u202e");
    expect(visible(attack, "line")).toBe("invoice⟦right-to-left override⟧fdp.exe");
  });

  it.each([
    ["a\u200bb", "a⟦zero-width space⟧b"],
    ["a\u200b\u200b\u200bb", "a⟦zero-width space ×3⟧b"],
    ["a\u0000b", "a⟦NUL⟧b"],
    ["a\u00adb", "a⟦soft hyphen⟧b"],
    ["a\u3164b", "a⟦U+3164⟧b"],
    ["a\u2800b", "a⟦U+2800⟧b"],
    ["a\ue000b", "a⟦U+E000⟧b"],
    ["a\ud800b", "a⟦U+D800⟧b"],
    ["a\u{e0068}\u{e0069}b", "a⟦unseen letters “hi”⟧b"],
    ["a\ufe01b", "a⟦U+FE01⟧b"],
  ])("names what cannot be seen: %j", (text, shown) => {
    expect(visible(text, "text")).toBe(shown);
  });

  it("lets line breaks and odd spaces stand in a body, and names them in a line", () => {
    expect(visible("a\r\nb\tc\u00a0d", "text")).toBe("a\nb\tc\u00a0d");
    expect(visible("a\nb\u00a0c", "line")).toBe("a⟦line break⟧b⟦no-break space⟧c");
  });

  it("leaves people's own letters and pictures alone", () => {
    const plain = "Łódź, Jørgen, 日本, ‘quote’, 👨‍👩‍👧 ❤️ 👍🏽 1️⃣";
    expect(visible(plain, "text")).toBe(plain);
  });

  it("never drops a character and never leaves a format character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = pieces(text, "line");
        const kept = shown.filter((piece) => !piece.named).map((piece) => piece.text);
        expect(kept.join("").replaceAll("\u200d", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        if (text !== "") expect(shown.length).toBeGreaterThan(0);
      }),
    );
  });
});
