import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createTransformPipeline } from "@convkit/transforms";
import { describe, expect, it } from "vitest";
import { writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { loadTransformModules, TransformModuleError } from "./transform-modules.js";

const fixture = (name: string) => fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));

describe("loadTransformModules", () => {
  it("loads JavaScript and TypeScript, by absolute and relative paths", async () => {
    const constant = { module: relative(process.cwd(), fixture("constant.mjs")), options: { value: 51 } };
    const halve = { module: fixture("halve.ts"), options: { first: 1 } };
    const specs = [constant, halve, { name: "RandomHorizontalFlip" as const, p: 0 }, constant];
    const factories = await loadTransformModules(specs);
    expect([...factories.keys()]).toEqual([constant.module, halve.module]);
    const shape = { count: 1, height: 1, width: 4, channels: 1 };
    const { images } = createTransformPipeline([halve], factories).apply(
      Uint8Array.of(0, 51, 102, 255),
      shape,
      [],
    );
    expect([...images]).toEqual([Math.fround(0.2), 1]);
  });

  it.each([
    ["is missing", {}, /Received: no such file\. .*working directory/],
    [
      "exports no function",
      { "mine.mjs": "export default { apply: (images) => images };" },
      /Received: object/,
    ],
    ["exports nothing", { "mine.mjs": "export const mine = () => {};" }, /Received exports: mine\./],
    ["is a folder", { "mine.mjs/index.js": "export default () => {};" }, /Received: a folder/],
    [
      "does not parse",
      { "mine.mjs": "export default () => ({ apply: (images => images };" },
      /to load. Received: ./,
    ],
    ["throws", { "mine.mjs": 'throw new Error("not today");' }, /Received: not today/],
  ])("says of a module that %s which and why", async (_what, files, message) => {
    const module = join(await writeFiles(await temporaryFolder(), files), "mine.mjs");
    const loading = loadTransformModules([{ module, options: {} }]);
    await expect(loading).rejects.toThrow(TransformModuleError);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(module);
  });
});
