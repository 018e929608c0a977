import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { openDataset } from "../open-dataset.js";
import { dataSheet } from "./data-sheet.js";
import { inspectDataset } from "./inspect-dataset.js";

const picture = (level: number) => encodePicture([level, 0, 0], { height: 40, width: 20 });

async function sheet(files: Record<string, string | Uint8Array>) {
  const [source, home] = [await writeFiles(await temporaryFolder(), files), await temporaryFolder()];
  const dataset = await openDataset({ source, validationFraction: 0, maxBadFraction: 1 }, { home });
  return { text: dataSheet(await inspectDataset(dataset, { home })), dataset };
}

/** Cells of the lines of the table under a heading. */
function rowsUnder(text: string, heading: string): string[][] {
  const [, section = ""] = text.split(`## ${heading}\n`);
  const table =
    section
      .split("\n## ")[0]!
      .split("\n\n")
      .find((block) => block.trim().startsWith("|")) ?? "";
  return table
    .trim()
    .split("\n")
    .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/g, "")));
}

describe("dataSheet", () => {
  it("counts classes, lists what is left out and what is there twice", async () => {
    const same = await picture(10);
    const { text, dataset } = await sheet({
      "train/cat/1.png": same,
      "train/cat/2.png": await picture(90),
      "train/dog/3.png": same,
      "train/dog/broken.png": "no picture",
      "test/dog/4.png": await picture(200),
    });
    expect(text).toContain(`4 pictures of 2 classes. Content hash \`${dataset.contentHash}\`.`);
    expect(rowsUnder(text, "Classes")).toEqual([
      ["class", "train", "test"],
      ["---", "---", "---"],
      ["cat", "2", "0"],
      ["dog", "1", "1"],
      ["**all**", "**3**", "**1**"],
    ]);
    expect(text).toContain("Height 40 – 40 – 40, width 20 – 20 – 20 pixels");
    expect(rowsUnder(text, "Left out")[2]?.[0]).toBe("train/dog/broken.png");
    expect(rowsUnder(text, "Copies")[2]).toEqual(["exact", "train/cat/1.png, train/dog/3.png", "", "yes"]);
    expect(rowsUnder(text, "Leakage")[2]).toEqual(["test", "train", "0", "0"]);
    expect(text).toContain(
      "For training they are brought to 40 × 20 pixels: each decoded whole, then resized.",
    );
    expect(text.endsWith("\n")).toBe(true);
  });

  it("keeps what steers a terminal out of the page", async () => {
    const { text } = await sheet({
      "cat/\u001b[31mred.png": "no picture",
      "cat/1.png": await picture(1),
      "d\u202eog/2.png": await picture(200),
    });
    expect(rowsUnder(text, "Left out")[2]?.[0]).toBe("cat/\ufffd\\[31mred.png");
    expect(rowsUnder(text, "Classes").map(([name]) => name)).toContain("d\ufffdog");
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
  });

  it("takes no name for markup", async () => {
    const { text } = await sheet({
      "a|b *c* <img src=x>/1.png": await picture(1),
      "[d](e)/2.png": await picture(2),
    });
    const [, , first, second] = rowsUnder(text, "Classes");
    expect(first?.[0]).toBe(String.raw`\[d\](e)`);
    expect(second?.[0]).toBe(String.raw`a\|b \*c\* \<img src=x\>`);
  });
});
