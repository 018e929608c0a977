import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder } from "../fixtures/run-convkit.js";
import { picturePaths } from "./picture-paths.js";

const root = makeFolder();
const FILES = [
  "a.jpg",
  "notes.txt",
  "[1].png",
  "deep/b.PNG",
  "deep/.hidden.png",
  "deep/deeper/c.webp",
  "deep/deeper/d.jpg",
  "empty/readme.md",
];
beforeAll(() => {
  for (const folder of ["deep/deeper", "empty"]) mkdirSync(join(root, folder), { recursive: true });
  for (const file of FILES) writeFileSync(join(root, file), "");
  symlinkSync(join(root, "a.jpg"), join(root, "deep", "link.jpg"));
  symlinkSync(join(root, "deep"), join(root, "deep", "circle.jpg"));
});
afterAll(() => rmSync(root, { recursive: true }));

async function found(args: readonly string[], text = "", separator: "\n" | "\0" = "\n") {
  const pictures: string[] = [];
  // In pieces that end anywhere.
  const stdin = () => Readable.from(text.match(/[^]{1,5}/g) ?? []);
  for await (const { path, error } of picturePaths(args, { stdin, separator })) {
    pictures.push(`${path.replace(root, "ROOT")}${error ? ` (${error.name})` : ""}`);
  }
  return pictures;
}

describe("picturePaths", () => {
  it("takes files as they are, also those that are not there", async () => {
    const files = [join(root, "notes.txt"), join(root, "nowhere.jpg"), join(root, "[1].png")];
    expect(await found(files)).toEqual(["ROOT/notes.txt", "ROOT/nowhere.jpg", "ROOT/[1].png"]);
  });

  it("finds the pictures of a folder at any depth, through links to files and not to folders", async () => {
    expect((await found([join(root, "deep")])).sort()).toEqual([
      "ROOT/deep/b.PNG",
      "ROOT/deep/deeper/c.webp",
      "ROOT/deep/deeper/d.jpg",
      "ROOT/deep/link.jpg",
    ]);
  });

  it.each([
    ["*.jpg", ["ROOT/a.jpg"]],
    ["deep/*", ["ROOT/deep/b.PNG", "ROOT/deep/link.jpg"]],
    [
      "**/*.{jpg,webp}",
      ["ROOT/a.jpg", "ROOT/deep/deeper/c.webp", "ROOT/deep/deeper/d.jpg", "ROOT/deep/link.jpg"],
    ],
    ["d?ep/*/[cd].*", ["ROOT/deep/deeper/c.webp", "ROOT/deep/deeper/d.jpg"]],
    ["**/*.txt", ["ROOT/**/*.txt (PicturesNotFoundError)"]],
  ])("finds what matches %s", async (glob, expected) => {
    expect((await found([join(root, glob)])).sort()).toEqual(expected);
  });

  it("reports a folder without pictures, and goes on", async () => {
    expect(await found([join(root, "empty"), join(root, "a.jpg")])).toEqual([
      "ROOT/empty (PicturesNotFoundError)",
      "ROOT/a.jpg",
    ]);
  });

  it("reads paths from standard input, a line each, or with anything but NUL in them", async () => {
    expect(await found(["-"], "a*.jpg\r\n\nb c.png\nlast.png")).toEqual(["a*.jpg", "b c.png", "last.png"]);
    expect(await found(["first.png", "-"], "a\nb.jpg\0c.png\0", "\0")).toEqual([
      "first.png",
      "a\nb.jpg",
      "c.png",
    ]);
    expect((await found(["-"], `${join(root, "deep", "deeper")}\n`)).sort()).toEqual([
      "ROOT/deep/deeper/c.webp",
      "ROOT/deep/deeper/d.jpg",
    ]);
  });
});
