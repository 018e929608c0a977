import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

it("is built to run anywhere: it imports nothing and names nothing of Node's or a page's", async () => {
  const built = await readFile(new URL("../dist/index.js", import.meta.url), "utf8");
  expect(built).toContain("renderHtml");
  expect(built).not.toMatch(
    /^import\b|\bimport\(|\brequire\(|\bprocess\.|\bBuffer\b|\bdocument\.|\bwindow\./m,
  );
});
