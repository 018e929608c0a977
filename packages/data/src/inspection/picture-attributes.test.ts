import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { createSplit } from "../create-split.js";
import { openDataset } from "../open-dataset.js";
import { pictureAttributes } from "./picture-attributes.js";

async function open(manifest: string) {
  const folder = await writeFiles(await temporaryFolder(), {
    "red.png": await encodePicture([255, 0, 0]),
    "dark.png": await encodePicture([10, 10, 10]),
    "photos.csv": manifest,
  });
  const spec = { source: join(folder, "photos.csv"), validationFraction: 0, testFraction: 0 };
  return openDataset(spec, { home: await temporaryFolder() });
}

const CSV = "path,label,camera,taken\nred.png,a,left,2024\ndark.png,b,,2023\n";

describe("pictureAttributes", () => {
  it("joins the manifest's own columns, the file's size, and what its pixels show", async () => {
    const { train } = (await open(CSV)).splits;
    const found = await pictureAttributes(train);
    expect(found.get("red.png")).toMatchObject({ camera: "left", taken: "2024", aspect: 1, brightness: 76 });
    expect(found.get("dark.png")).toMatchObject({
      taken: "2023",
      brightness: 10,
      contrast: 0,
      colourfulness: 0,
    });
    // Blank is known to be none, which is more than not to be known.
    expect(found.get("dark.png")).toMatchObject({ camera: "" });
  });

  it("keeps columns through held-back splits, and lets one stand before a property of its name", async () => {
    const dataset = await open("path,label,brightness\nred.png,a,dim\ndark.png,b,dim\n");
    const [held] = [dataset.splits.train.select([1], "test")];
    expect((await pictureAttributes(held)).get(held.ids[0]!)).toMatchObject({ brightness: "dim" });
  });

  it("changes neither hash of the data set with such a column", async () => {
    const [one, other] = [await open(CSV), await open(CSV.replace("left", "right"))];
    expect([other.contentHash, other.annotationsHash]).toEqual([one.contentHash, one.annotationsHash]);
  });

  it("measures so many pictures that are in memory, and no more", async () => {
    const images = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
    const shape = { count: 3, height: 2, width: 2, channels: 1 };
    const split = createSplit({ name: "test", images, shape, labels: [0, 1, 0] });
    const found = [...(await pictureAttributes(split, { mostMeasured: 2 })).values()];
    expect(found.filter((attributes) => "brightness" in attributes)).toHaveLength(2);
    expect(found.every((attributes) => !("width" in attributes))).toBe(true);
  });
});
