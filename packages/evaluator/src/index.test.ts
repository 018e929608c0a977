import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const NOT_EVERYWHERE = /^import\b|\bimport\(|\brequire\(|\bprocess\.|\bBuffer\b|\bdocument\.|\bwindow\./m;
/** What the main entry shares with `explain` is built into a file of its own. */
const OWN_PART = /^import \{[^}]*\} from "(\.\/[\w-]+\.js)";\n/gm;

async function readBuilt(file: string): Promise<string> {
  const text = await readFile(new URL(file, new URL("../dist/", import.meta.url)), "utf8");
  const parts = [...text.matchAll(OWN_PART)].map(([, part]) => readBuilt(part!));
  return [text.replace(OWN_PART, ""), ...(await Promise.all(parts))].join("\n");
}

it("is built to run anywhere: it imports random numbers alone, and neither names anything of Node's or a page's", async () => {
  const built = await readBuilt("./index.js");
  const random = await readFile(new URL(import.meta.resolve("@convkit/random")), "utf8");
  expect(built).toContain("renderHtml");
  expect(built).toContain("function stratifiedSample");
  const own = built.replace('import { Rng } from "@convkit/random";\n', "");
  expect(own).not.toMatch(NOT_EVERYWHERE);
  expect(random).toContain("class Rng");
  expect(random).not.toMatch(NOT_EVERYWHERE);
});
