/** How a loader's threads end: by their own fault, with the loader, with the process. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { collect, fileSplit, fixture, open, splitOf } from "../../test/loaders.js";
import { LoaderClosedError } from "./batch-producer.js";
import { LoaderError } from "./loader.js";

/** @param program uses `open(workers, module?)`: a loader of 40 pictures of one value each, in batches of 4. */
async function run(program: string, nodeOptions: string[] = []): Promise<string> {
  const script = `
    import { createLoader, createSplit } from "@convkit/data";
    import { Rng } from "@convkit/random";
    const shape = { count: 40, height: 1, width: 1, channels: 1 };
    const images = Uint8Array.from({ length: 40 }, (_, i) => i);
    const split = createSplit({ name: "train", images, shape, labels: new Array(40).fill(0) });
    const open = (workers, module) => createLoader(split, {
      batchSize: 4, transforms: module ? [{ module, options: {} }] : [], rng: Rng.fromSeed(0), workers, shuffle: false,
    });
    ${program}`;
  const args = [...nodeOptions, "--input-type=module", "-e", script];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

describe("workers", () => {
  it("that die are reported to whoever waits and to whoever asks later", async () => {
    const loader = await open(splitOf(8), {
      workers: 1,
      transforms: [{ module: fixture("exits.mjs"), options: {} }],
    });
    await expect(collect(loader.epoch(0))).rejects.toThrow(/exit code 7/);
    await expect(collect(loader.epoch(1))).rejects.toThrow(/exit code 7/);
  });

  it("that die are reported with the picture they were on", async () => {
    for (const workers of [1, 2]) {
      const loader = await open(splitOf(20), {
        workers,
        transforms: [{ module: fixture("exits-at-one.mjs"), options: {} }],
        batchTransforms: [{ name: "MixUp", alpha: 1, p: 1 }],
      });
      const failure = collect(loader.epoch(0));
      await expect(failure).rejects.toThrow(LoaderError);
      await expect(failure).rejects.toThrow(/exit code 3\. It ended at picture train\/5\.$/);
    }
  });

  it("that die at no single picture are reported with those of the batches they were on", async () => {
    const loader = await open(splitOf(8), {
      workers: 1,
      prefetch: 1,
      shuffle: false,
      transforms: [{ module: fixture("exits-at-several.mjs"), options: {} }],
    });
    await expect(collect(loader.epoch(0))).rejects.toThrow(
      /exit code 3\..*it was making train\/0, train\/1, train\/2, train\/3, train\/4 and 3 more\./,
    );
  });

  it("that have died can be closed while the picture is looked for", async () => {
    const transforms = [{ module: fixture("exits-at-several.mjs"), options: {} }];
    const loader = await open(splitOf(4000), { workers: 1, batchSize: 2000, transforms });
    const failure = collect(loader.epoch(0)).catch((error: unknown) => error);
    await loader.close();
    expect(await failure).toBeInstanceOf(LoaderClosedError);
  });

  it("that run out of memory are reported with the picture they were on", async () => {
    const program = `
      const loader = await open(1, ${JSON.stringify(fixture("devours-at-one.mjs"))});
      try {
        for await (const batch of loader.epoch(0)) console.log(batch.ids.length);
      } catch (error) {
        console.log(error.message);
      }`;
    const said = (await run(program, ["--max-old-space-size=48"])).trim().split("\n");
    expect(said).toHaveLength(2);
    expect(said[0]).toBe("4");
    expect(said[1]).toMatch(/batch 1 .*memory.* It ended at picture train\/5\.$/);
  });

  it.each([
    ["break", "for await (const batch of loader.epoch(0)) break;"],
    [
      "a throw",
      "try { for await (const b of loader.epoch(0)) throw 1; } catch (e) { if (e !== 1) throw e; }",
    ],
    ["an iterator that nobody asks again", "await loader.epoch(0)[Symbol.asyncIterator]().next();"],
  ])("let the process end after a loop left by %s, with batches under way", async (_, leave) => {
    const program = `
      const loader = await open(3);
      ${leave}
      console.log("left");`;
    expect(await run(program)).toBe("left\n");
  });

  it("are gone once the loader is closed with batches under way, and the program goes on", async () => {
    const program = `
      const threads = () => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;
      const idle = threads();
      const loader = await open(3);
      for await (const batch of loader.epoch(0)) break;
      const waiting = loader.epoch(0)[Symbol.asyncIterator]().next().catch((error) => error.name);
      const busy = threads();
      await loader.close();
      console.log(idle, busy > idle, threads(), await waiting);`;
    expect(await run(program)).toBe("0 true 0 LoaderClosedError\n");
  });

  it("let the process end when they are idle and nobody closed them", async () => {
    const script = `
      import { createLoader, createSplit } from "@convkit/data";
      import { Rng } from "@convkit/random";
      const shape = { count: 8, height: 1, width: 1, channels: 1 };
      const split = createSplit({ name: "train", images: new Uint8Array(8), shape, labels: new Array(8).fill(0) });
      const loader = await createLoader(split, { batchSize: 2, transforms: [], rng: Rng.fromSeed(0), workers: 2 });
      let batches = 0;
      for await (const batch of loader.epoch(0)) batches += batch.images.length;
      console.log(batches);`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    expect(stdout).toBe("8\n");
  });
  it("that die at a picture file are reported with its path", async () => {
    const split = await fileSplit();
    const loader = await open(split, {
      workers: 1,
      imageSize: [2, 2],
      transforms: [{ module: fixture("exits.mjs"), options: {} }],
      shuffle: false,
    });
    await expect(collect(loader.epoch(0))).rejects.toThrow(
      /exit code 7\. It ended at picture 0 \(.*\/0\.png\)\.$/,
    );
  });
});
