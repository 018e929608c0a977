import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BlobHashError, BlobNotFoundError, BlobOffsetError, type BlobStore } from "./blob-store.js";
import { createDiskBlobStore } from "./disk-blob-store.js";

let folder: string;
let store: BlobStore;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convkit-blobs-"));
  store = createDiskBlobStore(folder);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const read = async (sha256: string, range?: { start: number; end: number }) =>
  buffer(await store.read(sha256, range));

async function put(bytes: Buffer): Promise<string> {
  const sha256 = hashOf(bytes);
  await store.receive(sha256, Readable.from([bytes]), { offset: 0, totalBytes: bytes.length });
  return sha256;
}

describe("receive", () => {
  it("makes a blob of the bytes once their hash is right", async () => {
    const bytes = randomBytes(200_000);
    const sha256 = hashOf(bytes);
    expect(await store.sizeOf(sha256)).toBeNull();
    const state = await store.receive(sha256, Readable.from([bytes]), {
      offset: 0,
      totalBytes: bytes.length,
    });
    expect(state).toBe("complete");
    expect(await store.sizeOf(sha256)).toBe(bytes.length);
    expect(await read(sha256)).toEqual(bytes);
    expect(await readdir(join(folder, "incoming"))).toEqual([]);
    expect(existsSync(join(folder, sha256.slice(0, 2), sha256))).toBe(true);
  });

  it("takes an empty blob", async () => {
    const sha256 = await put(Buffer.alloc(0));
    expect(await store.sizeOf(sha256)).toBe(0);
    expect(await read(sha256)).toHaveLength(0);
  });

  it("goes on at any byte at which an upload was cut off", async () => {
    const bytes = randomBytes(40);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const whole = Buffer.concat([bytes, Buffer.from(String(cut))]);
      const sha256 = hashOf(whole);
      const part = { totalBytes: whole.length };
      const first = await store.receive(sha256, Readable.from([whole.subarray(0, cut)]), {
        ...part,
        offset: 0,
      });
      expect(first).toBe("incomplete");
      expect(await store.receivedBytes(sha256)).toBe(cut);
      expect(await store.sizeOf(sha256)).toBeNull();
      await expect(read(sha256)).rejects.toBeInstanceOf(BlobNotFoundError);
      const rest = Readable.from([whole.subarray(cut)]);
      expect(await store.receive(sha256, rest, { ...part, offset: cut })).toBe("complete");
      expect(await read(sha256)).toEqual(whole);
    }
  });

  it("keeps what came before the connection broke", async () => {
    const bytes = randomBytes(300_000);
    const sha256 = hashOf(bytes);
    async function* broken() {
      yield bytes.subarray(0, 100_000);
      yield bytes.subarray(100_000, 123_456);
      await Promise.resolve();
      throw new Error("ECONNRESET");
    }
    const part = { offset: 0, totalBytes: bytes.length };
    await expect(store.receive(sha256, Readable.from(broken()), part)).rejects.toThrow("ECONNRESET");
    expect(await store.receivedBytes(sha256)).toBe(123_456);
    const rest = { offset: 123_456, totalBytes: bytes.length };
    expect(await store.receive(sha256, Readable.from([bytes.subarray(123_456)]), rest)).toBe("complete");
  });

  it("refuses bytes of another hash, and begins anew", async () => {
    const bytes = randomBytes(1000);
    const sha256 = hashOf(bytes);
    const wrong = Buffer.from(bytes);
    wrong[999]! ^= 1;
    const part = { offset: 0, totalBytes: 1000 };
    await expect(store.receive(sha256, Readable.from([wrong]), part)).rejects.toBeInstanceOf(BlobHashError);
    expect(await store.receivedBytes(sha256)).toBe(0);
    expect(await store.sizeOf(sha256)).toBeNull();
    expect(await store.receive(sha256, Readable.from([bytes]), part)).toBe("complete");
  });

  it("refuses more bytes than were announced", async () => {
    const bytes = randomBytes(1000);
    const sha256 = hashOf(bytes);
    const part = { offset: 0, totalBytes: 10 };
    await expect(store.receive(sha256, Readable.from([bytes]), part)).rejects.toBeInstanceOf(BlobHashError);
    expect(await store.receivedBytes(sha256)).toBe(0);
  });

  it("says where an upload goes on if it is not where the request is", async () => {
    const bytes = randomBytes(1000);
    const sha256 = hashOf(bytes);
    await store.receive(sha256, Readable.from([bytes.subarray(0, 400)]), { offset: 0, totalBytes: 1000 });
    for (const offset of [0, 399, 401, 1000]) {
      const rest = Readable.from([bytes.subarray(offset)]);
      const error = await store
        .receive(sha256, rest, { offset, totalBytes: 1000 })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(BlobOffsetError);
      expect(error).toMatchObject({ receivedBytes: 400 });
    }
    expect(await store.receivedBytes(sha256)).toBe(400);
  });

  it("lets one of two writers write", async () => {
    const bytes = randomBytes(100_000);
    const sha256 = hashOf(bytes);
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    async function* slowly() {
      yield bytes.subarray(0, 50_000);
      await gate;
      yield bytes.subarray(50_000);
    }
    const part = { offset: 0, totalBytes: bytes.length };
    const first = store.receive(sha256, Readable.from(slowly()), part);
    await vi.waitFor(async () => expect(await store.receivedBytes(sha256)).toBe(50_000));
    const attempts = [
      () => store.receive(sha256, Readable.from([bytes]), part),
      () => store.receive(sha256, Readable.from([bytes.subarray(50_000)]), { ...part, offset: 50_000 }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toBeInstanceOf(BlobOffsetError);
    open();
    expect(await first).toBe("complete");
    expect(await read(sha256)).toEqual(bytes);
    // Whoever comes later has nothing left to do.
    expect(await store.receive(sha256, Readable.from([bytes]), part)).toBe("complete");
  });

  it("notices that two processes tore an upload", async () => {
    const bytes = randomBytes(1000);
    const sha256 = hashOf(bytes);
    const other = createDiskBlobStore(folder);
    const half = () => Readable.from([bytes.subarray(0, 500)]);
    const part = { offset: 0, totalBytes: 1000 };
    const results = await Promise.allSettled([
      store.receive(sha256, half(), part),
      other.receive(sha256, half(), part),
    ]);
    const isTorn = results.some(({ status }) => status === "rejected");
    if (!isTorn) expect(await store.sizeOf(sha256)).toBeNull();
    await store
      .receive(sha256, Readable.from([bytes]), {
        offset: await store.receivedBytes(sha256),
        totalBytes: 1000,
      })
      .catch(() => undefined);
    const size = await store.sizeOf(sha256);
    if (size !== null) expect(hashOf(await read(sha256))).toBe(sha256);
  });

  it("goes on after the process was killed in the middle of an upload", async () => {
    const bytes = Buffer.alloc(30_000_000, "convkit");
    const sha256 = hashOf(bytes);
    const program = `
      import { Readable } from "node:stream";
      import { createDiskBlobStore } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
      const bytes = Buffer.alloc(30_000_000, "convkit");
      async function* slowly() {
        for (let at = 0; at < bytes.length; at += 65536) {
          yield bytes.subarray(at, at + 65536);
          if (at % 655360 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
      }
      const store = createDiskBlobStore(${JSON.stringify(folder)});
      const offset = await store.receivedBytes("${sha256}");
      const rest = Readable.from((async function* () {
        let passed = 0;
        for await (const chunk of slowly()) {
          passed += chunk.length;
          if (passed > offset) yield chunk.subarray(Math.max(0, chunk.length - (passed - offset)));
        }
      })());
      await store.receive("${sha256}", rest, { offset, totalBytes: bytes.length });`;
    let before = 0;
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
        cwd: import.meta.dirname,
      });
      children.push(child);
      await vi.waitFor(
        async () => expect(await store.receivedBytes(sha256)).toBeGreaterThan(before + 100_000),
        {
          timeout: 30_000,
          interval: 2,
        },
      );
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("exit", resolve));
      before = await store.receivedBytes(sha256);
      expect(before).toBeLessThan(bytes.length);
    }
    const rest = Readable.from([bytes.subarray(before)]);
    expect(await store.receive(sha256, rest, { offset: before, totalBytes: bytes.length })).toBe("complete");
  });
});

describe("addFile", () => {
  it("copies a file, which stays, and refuses another one", async () => {
    const path = join(folder, "weights.bin");
    const bytes = randomBytes(5000);
    await writeFile(path, bytes);
    await store.addFile(hashOf(bytes), path);
    await store.addFile(hashOf(bytes), path);
    expect(await read(hashOf(bytes))).toEqual(bytes);
    expect(await readFile(path)).toEqual(bytes);
    await expect(store.addFile("0".repeat(64), path)).rejects.toBeInstanceOf(BlobHashError);
    await expect(store.addFile("1".repeat(64), join(folder, "none"))).rejects.toThrow("ENOENT");
    expect(await readdir(join(folder, "incoming"))).toEqual([]);
  });
});

describe("read", () => {
  it("gives ranges, ends excluded", async () => {
    const bytes = randomBytes(100);
    const sha256 = await put(bytes);
    for (const [start, end] of [
      [0, 100],
      [0, 1],
      [99, 100],
      [10, 20],
      [50, 50],
      [90, 200],
    ] as const) {
      expect(await read(sha256, { start, end })).toEqual(bytes.subarray(start, end));
    }
  });
});

describe("names", () => {
  it.each([
    "",
    "..",
    "../../etc/passwd",
    `../${"0".repeat(61)}`,
    "0".repeat(63),
    "0".repeat(65),
    "A".repeat(64),
    `${"0".repeat(64)}\n`,
    `${"0".repeat(63)}/`,
    `${"0".repeat(60)}.jpg`,
  ])("%j is none", async (name) => {
    const part = { offset: 0, totalBytes: 0 };
    const nothing = () => Readable.from([]);
    await expect(store.sizeOf(name)).rejects.toBeInstanceOf(BlobNotFoundError);
    await expect(store.receivedBytes(name)).rejects.toBeInstanceOf(BlobNotFoundError);
    await expect(store.receive(name, nothing(), part)).rejects.toBeInstanceOf(BlobNotFoundError);
    await expect(store.addFile(name, "/etc/passwd")).rejects.toBeInstanceOf(BlobNotFoundError);
    await expect(store.read(name)).rejects.toBeInstanceOf(BlobNotFoundError);
    await expect(store.delete(name)).rejects.toBeInstanceOf(BlobNotFoundError);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("sweep", () => {
  it("lists whole blobs alone, and deletes uploads of yesterday", async () => {
    expect(await store.sweep()).toEqual([]);
    const whole = await put(randomBytes(10));
    const part = { offset: 0, totalBytes: 1000 };
    const [old, young] = ["a".repeat(64), "b".repeat(64)];
    for (const sha256 of [old, young]) await store.receive(sha256, Readable.from([randomBytes(10)]), part);
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(join(folder, "incoming", old), yesterday, yesterday);
    await mkdir(join(folder, "cc"));
    await writeFile(join(folder, "cc", "notes.txt"), "not ours");
    expect(await store.sweep()).toEqual([whole]);
    expect(await store.receivedBytes(old)).toBe(0);
    expect(await store.receivedBytes(young)).toBe(10);
    await store.delete(whole);
    await store.delete(whole);
    expect(await store.sweep()).toEqual([]);
  });

  it("deletes no more than a link where someone put one", async () => {
    const outside = join(folder, "outside.txt");
    await writeFile(outside, "kept");
    const sha256 = "d".repeat(64);
    await mkdir(join(folder, "dd"), { recursive: true });
    await symlink(outside, join(folder, "dd", sha256));
    await store.delete(sha256);
    expect((await stat(outside)).isFile()).toBe(true);
  });
});
