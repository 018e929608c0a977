import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { startRecordServer } from "../../test/record-server.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { createWorkerClient } from "../index.js";

const pauses = { firstMs: 1, mostMs: 5 };
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function makeFile(bytes: Buffer): Promise<{ path: string; sha256: string }> {
  const path = join(await temporaryFolder(), "file");
  await writeFile(path, bytes);
  return { path, sha256: hashOf(bytes) };
}

it("goes on where an upload was cut, wherever that is", async () => {
  const server = await startRecordServer();
  const client = createWorkerClient({ url: server.url, pauses });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 300_000 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
      async (size, cuts) => {
        const bytes = randomBytes(size);
        const { path, sha256 } = await makeFile(bytes);
        const left = cuts.map((cut) => Math.floor(cut * size));
        server.intercept = ({ method }) => {
          if (method === "PUT") server.cutUploadAfter = left.pop() ?? null;
          return false;
        };
        await client.uploadBlob(path, { sha256 });
        expect(server.blobs.get(sha256)?.equals(bytes)).toBe(true);
        expect(server.uploads.size).toBe(0);
      },
    ),
    { numRuns: 25 },
  );
});

it("finishes an upload that was cut after its last byte, and sends an empty file", async () => {
  const server = await startRecordServer();
  const client = createWorkerClient({ url: server.url, pauses });
  for (const bytes of [randomBytes(70_000), Buffer.alloc(0)]) {
    const { path, sha256 } = await makeFile(bytes);
    server.uploads.set(sha256, bytes);
    await client.uploadBlob(path, { sha256 });
    expect(server.blobs.get(sha256)?.equals(bytes)).toBe(true);
  }
  expect(server.uploads.size).toBe(0);
});

it("sends nothing that is there already", async () => {
  const server = await startRecordServer();
  const client = createWorkerClient({ url: server.url, pauses });
  const { path, sha256 } = await makeFile(Buffer.from("some bytes"));
  await client.uploadBlob(path, { sha256 });
  await client.uploadBlob(path, { sha256 });
  expect(server.requests.map((request) => request.split(" ")[0])).toEqual(["HEAD", "PUT", "HEAD"]);
});

it("sends the same bytes once, also when several ask for it at once", async () => {
  const server = await startRecordServer();
  const bytes = randomBytes(2_000_000);
  const { path, sha256 } = await makeFile(bytes);
  // Two that know nothing of each other, each of which is asked twice.
  const clients = [1, 2].map(() => createWorkerClient({ url: server.url, pauses }));
  await Promise.all([...clients, ...clients].map((client) => client.uploadBlob(path, { sha256 })));
  expect(server.blobs.get(sha256)?.equals(bytes)).toBe(true);
});

it("refuses a file that has changed, and sends anew what was torn on its way", async () => {
  const server = await startRecordServer();
  const client = createWorkerClient({ url: server.url, pauses });
  const bytes = randomBytes(1000);
  const { path, sha256 } = await makeFile(bytes);
  server.uploads.set(sha256, randomBytes(10));
  await client.uploadBlob(path, { sha256 });
  expect(server.blobs.get(sha256)?.equals(bytes)).toBe(true);

  const other = hashOf(Buffer.from("other"));
  await expect(client.uploadBlob(path, { sha256: other })).rejects.toMatchObject({
    name: "FileChangedError",
  });
  expect(server.uploads.size).toBe(0);
});

it("is told by its token's refusal that it may not", async () => {
  const server = await startRecordServer();
  server.tokens = new Set();
  const client = createWorkerClient({ url: server.url, token: "convkit_old", pauses });
  const { path, sha256 } = await makeFile(Buffer.from("bytes"));
  await expect(client.uploadBlob(path, { sha256 })).rejects.toMatchObject({ name: "NotAuthorizedError" });
});

it("downloads a whole file or none", async () => {
  const server = await startRecordServer();
  const client = createWorkerClient({ url: server.url, pauses });
  const folder = await temporaryFolder();
  const bytes = randomBytes(500_000);
  const sha256 = hashOf(bytes);
  await expect(client.downloadBlob(join(folder, "file"), { sha256 })).rejects.toMatchObject({ status: 404 });
  expect(await readdir(folder)).toEqual([]);

  server.blobs.set(sha256, bytes);
  server.cutDownloadAfter = 100_000;
  await client.downloadBlob(join(folder, "file"), { sha256 });
  expect((await readFile(join(folder, "file"))).equals(bytes)).toBe(true);
  expect(await readdir(folder)).toEqual(["file"]);

  server.blobs.set(hashOf(Buffer.from("x")), Buffer.from("y"));
  const wrong = client.downloadBlob(join(folder, "wrong"), { sha256: hashOf(Buffer.from("x")) });
  await expect(wrong).rejects.toThrow("Expected a blob with SHA-256");
  expect(await readdir(folder)).toEqual(["file"]);
});
