import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../test/pictures.js";
import { temporaryFolder } from "../test/temporary-folder.js";
import { AnnotationsHashMismatchError, hashAnnotations } from "./annotations-hash.js";
import { openDataset, type DataSpecInput } from "./open-dataset.js";

const open = async (spec: DataSpecInput) => openDataset(spec, { home: await temporaryFolder() });

/** The content hash stays; the other one is refused once it was pinned. */
async function expectRefused(source: string, change: () => Promise<unknown>): Promise<void> {
  const { contentHash, annotationsHash } = await open({ source });
  const pinned = { source, contentHash, annotationsHash };
  expect((await open(pinned)).annotationsHash).toBe(annotationsHash);
  await change();
  expect((await open({ source })).contentHash).toBe(contentHash);
  await expect(open(pinned)).rejects.toThrow(AnnotationsHashMismatchError);
  await expect(open(pinned)).rejects.toThrow(
    `Expected the classes, splits and groups with the hash ${annotationsHash} in ${source}. Received: `,
  );
}

describe("the hash of annotations", () => {
  it("is another where groups of a manifest are", async () => {
    const source = await writeFiles(await temporaryFolder(), {
      "1.png": await encodePicture([255, 0, 0]),
      "2.png": await encodePicture([0, 0, 255]),
      "manifest.csv": "path,label,group\n1.png,a,p1\n2.png,b,p2\n",
    });
    await expectRefused(source, () =>
      writeFile(join(source, "manifest.csv"), "path,label,group\n1.png,a,p1\n2.png,b,p1\n"),
    );
  });

  it("is another where names are of other labels, though each picture's name is the same", async () => {
    const source = await writeFiles(await temporaryFolder(), {
      "1.png": await encodePicture([255, 0, 0]),
      "1.cls": "red",
      "2.png": await encodePicture([0, 0, 255]),
      "2.cls": "blue",
    });
    const names = ["1.png", "1.cls", "2.png", "2.cls"];
    const shards = await writeFiles(await temporaryFolder(), { "classes.txt": "blue\nred\n" });
    await create({ file: join(shards, "0.tar"), cwd: source }, names);
    expect((await open({ source: shards })).classNames).toEqual(["blue", "red"]);
    await expectRefused(shards, () => writeFile(join(shards, "classes.txt"), "red\nblue\n"));
  });

  it("is of names, splits, ids and groups, and of nothing else", () => {
    const source = {
      kind: "memory" as const,
      pixels: new SharedArrayBuffer(0),
      height: 1,
      width: 1,
      channels: 1,
    };
    const part = (ids: string[], groups?: string[]) => ({
      ids,
      labels: Int32Array.from(ids, () => 0),
      source,
      ...(groups && { groups }),
    });
    const hash = hashAnnotations(["a", "b"], { train: part(["1", "2"]) });
    // Who has no group stands alone: as if it were one by its own name.
    expect(hashAnnotations(["a", "b"], { train: part(["1", "2"], ["1", "2"]) })).toBe(hash);
    for (const other of [
      hashAnnotations(["b", "a"], { train: part(["1", "2"]) }),
      hashAnnotations(["a", "b"], { train: part(["1"]), validation: part(["2"]) }),
      hashAnnotations(["a", "b"], { train: part(["1"]), test: part(["2"]) }),
      hashAnnotations(["a", "b"], { train: part(["1", "3"]) }),
      hashAnnotations(["a", "b"], { train: part(["1", "2"], ["1", "1"]) }),
    ])
      expect(other).not.toBe(hash);
  });
});
