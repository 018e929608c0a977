import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const NOT_EVERYWHERE = /^import\b|\bimport\(|\brequire\(|\bprocess\.|\bBuffer\b|\bdocument\.|\bwindow\./m;

it("is built to run anywhere: it imports random numbers alone, and neither names anything of Node's or a page's", async () => {
  const built = await readFile(new URL("../dist/index.js", import.meta.url), "utf8");
  const random = await readFile(new URL(import.meta.resolve("@convkit/random")), "utf8");
  expect(built).toContain("renderHtml");
  const own = built.replace('import { Rng } from "@convkit/random";\n', "");
  expect(own).not.toMatch(NOT_EVERYWHERE);
  expect(random).toContain("class Rng");
  expect(random).not.toMatch(NOT_EVERYWHERE);
});
