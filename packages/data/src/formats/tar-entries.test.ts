import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import { writeFiles } from "../../test/pictures.js";
import { encodePax, encodeTar, encodeTarOf, type TarMember } from "../../test/tar-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { tarEntries } from "./tar-entries.js";

/** Text of every file by its name; null for links. */
async function read(tar: Uint8Array): Promise<Record<string, string | null>> {
  const file = join(await temporaryFolder(), "x.tar");
  await writeFile(file, tar);
  const found: Record<string, string | null> = {};
  for await (const entry of tarEntries(file)) {
    const { offset, length } = entry;
    const text = (await entry.read()).toString();
    expect(text).toBe(tar.subarray(offset, offset + length).toString());
    found[entry.name] = entry.isFile ? text : null;
  }
  return found;
}

const LONG = `${"folder/".repeat(40)}picture.jpg`;

describe("tarEntries", () => {
  it("tells where files lie, of any length around that of a block", async () => {
    const files = Object.fromEntries(
      [0, 1, 511, 512, 513, 5000].map((length) => [`${length}.txt`, "x".repeat(length)]),
    );
    expect(await read(encodeTarOf(files))).toEqual(files);
  });

  it("reads what another program packed, with names of any length", async () => {
    const files = { "a/1.txt": "one", [LONG]: "long", "größe/ü.txt": "umlaut" };
    const folder = await writeFiles(await temporaryFolder(), files);
    const file = join(await temporaryFolder(), "x.tar");
    await create({ file, cwd: folder }, ["."]);
    const found: Record<string, string> = {};
    for await (const entry of tarEntries(file)) found[entry.name] = (await entry.read()).toString();
    expect(found).toEqual(files);
  });

  it.each<[string, TarMember[], Record<string, string | null>]>([
    [
      "the prefix of ustar",
      [{ prefix: "some/folder", name: "1.txt", content: "a" }],
      { "some/folder/1.txt": "a" },
    ],
    [
      "GNU's long names",
      [
        { type: "L", name: "././@LongLink", content: `${LONG}\0` },
        { name: LONG.slice(0, 99), content: "a" },
        { name: "next", content: "b" },
      ],
      { [LONG]: "a", next: "b" },
    ],
    [
      "a long name that was cut behind a slash",
      [
        { type: "L", name: "././@LongLink", content: `${LONG}\0` },
        { name: `${"folder/".repeat(14)}12/`.slice(0, 98), content: "a" },
      ],
      { [LONG]: "a" },
    ],
    [
      "names and sizes of pax, which hold for one entry",
      [
        {
          type: "x",
          name: "pax",
          content: encodePax("mtime", "1.5") + encodePax("path", "a\nb=c.txt") + encodePax("size", "3"),
        },
        { name: "short", content: "abc", size: 0 },
        { name: "next", content: "b" },
      ],
      { "a\nb=c.txt": "abc", next: "b" },
    ],
    [
      "a pax header in front of a long name",
      [
        { type: "x", name: "pax", content: encodePax("size", "3") },
        { type: "L", name: "././@LongLink", content: "long\0" },
        { name: "short", content: "abc", size: 0 },
      ],
      { long: "abc" },
    ],
    [
      "a global pax header",
      [{ type: "g", name: "pax", content: encodePax("path", "no") }, { name: "a" }],
      { a: "" },
    ],
    [
      "links and folders, which have no bytes",
      [
        { type: "5", name: "folder/", size: 512 },
        { type: "2", name: "link", size: 700 },
        { type: "1", name: "hard", size: 700 },
        { name: "file", content: "x" },
      ],
      { link: null, hard: null, file: "x" },
    ],
    [
      "one spelling of a name",
      [{ name: "./a//b/./c", content: "x" }, { name: "/etc/d" }],
      { "a/b/c": "x", "etc/d": "" },
    ],
  ])("reads %s", async (_what, members, expected) => {
    expect(await read(encodeTar(members))).toEqual(expected);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      "an empty file",
      Buffer.alloc(0),
      /two empty blocks at the end at byte 0.*end of the file after 0 bytes/,
    ],
    [
      "other bytes",
      Buffer.alloc(2048, "abc"),
      /Expected a tar's header at byte 0 of .* Received: other bytes/,
    ],
    [
      "a header of which one bit is wrong",
      (() => {
        const tar = encodeTarOf({ a: "x", b: "y" });
        tar[1024]! ^= 1;
        return tar;
      })(),
      /a tar's header at byte 1024/,
    ],
    [
      "a file cut in an entry",
      encodeTarOf({ a: "x".repeat(3000) }).subarray(0, 2000),
      /3000 bytes of a at byte 0.*1488/,
    ],
    [
      "a file cut behind an entry",
      encodeTarOf({ a: "x" }).subarray(0, 1024),
      /two empty blocks at the end at byte 1024/,
    ],
    [
      "an entry that would reach past the end",
      encodeTar([{ name: "a", size: 2 ** 32 }]),
      /4294967296 bytes of a/,
    ],
    [
      "a pax header with a size that is none",
      encodeTar([{ type: "x", name: "p", content: encodePax("size", "-5") }, { name: "a" }]),
      /the size of an entry at byte 512.*-5/,
    ],
    [
      "a pax header whose records do not fit",
      encodeTar([{ type: "x", name: "p", content: "99 path=a\n" }, { name: "a" }]),
      /a record of a pax header/,
    ],
    [
      "a name of a gigabyte",
      encodeTar([{ type: "L", name: "p", content: Buffer.alloc(1_100_000, "a") }]),
      /at most 1048576/,
    ],
    ["files stored sparsely", encodeTar([{ type: "S", name: "a" }]), /without --sparse/],
    ["a pointer of Git LFS", Buffer.from("version https://git-lfs.github.com/spec/v1\noid"), /git lfs pull/],
  ])("refuses %s", async (_what, tar, message) => {
    const reading = read(tar);
    await expect(reading).rejects.toThrow(DatasetFormatError);
    await expect(reading).rejects.toThrow(message);
  });

  it("keeps no file open, also where reading ends early", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "x.tar");
    const openFiles = async () => (await readdir("/proc/self/fd")).length;
    const before = await openFiles();
    await writeFile(file, encodeTarOf({ a: "x", b: "y" }));
    for await (const { name } of tarEntries(file)) if (name === "a") break;
    await writeFile(file, "no tar at all, and no header");
    await expect(tarEntries(file).next()).rejects.toThrow(DatasetFormatError);
    expect(await openFiles()).toBe(before);
    await rm(file);
  });
});
