import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serveFiles, tearAfter, type Answer } from "../../test/file-server.js";
import { settingsWith } from "../../test/npm-registry.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import type { DatasetProgress } from "../progress.js";
import type { Checksum } from "./checksum.js";
import { downloadFile } from "./download-file.js";
import { FetchError } from "./fetch-error.js";

const FILE = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 5));
const CHECKSUM = sha256(FILE);
const POLICY = { connectTimeoutMs: 5000, stallTimeoutMs: 5000, retryDelayMs: 1 };

function sha256(bytes: Uint8Array): Checksum {
  return { algorithm: "sha256", digest: createHash("sha256").update(bytes).digest("hex") };
}

async function prepare(answer: Answer) {
  const server = await serveFiles({ "/file": answer });
  const folder = await temporaryFolder();
  const settings = await settingsWith(`registry=${server.url}/\n`);
  const target = join(folder, "file");
  const progress: DatasetProgress[] = [];
  const download = ({
    checksum = CHECKSUM,
    policy = POLICY,
    signal,
  }: {
    checksum?: Checksum;
    policy?: typeof POLICY;
    signal?: AbortSignal;
  } = {}) =>
    downloadFile(
      `${server.url}/file`,
      { target, checksum },
      {
        settings,
        policy,
        signal,
        onProgress: (step) => progress.push(step),
      },
    );
  return { server, folder, target, progress, download };
}

describe("downloadFile", () => {
  it("leaves the whole file and nothing else, and says how far it is", async () => {
    const { folder, target, progress, download, server } = await prepare(FILE);
    await download();
    expect(Buffer.compare(await readFile(target), FILE)).toBe(0);
    expect(await readdir(folder)).toEqual(["file"]);
    expect(progress.at(-1)).toEqual({
      phase: "download",
      what: `${server.url}/file`,
      done: FILE.length,
      total: FILE.length,
      unit: "bytes",
    });
  });

  it("does not fetch what is there", async () => {
    const { server, target, download } = await prepare(FILE);
    await writeFile(target, FILE);
    await download();
    expect(server.requests).toEqual([]);
  });

  it("goes on where a torn connection ended, as often as it takes", async () => {
    const { server, target, download } = await prepare(tearAfter(FILE, 120_000));
    await download();
    expect(Buffer.compare(await readFile(target), FILE)).toBe(0);
    expect(server.requests).toEqual(["GET /file", "GET /file bytes=120000-", "GET /file bytes=240000-"]);
  });

  it("goes on where an earlier process ended", async () => {
    const { server, target, download } = await prepare(FILE);
    await writeFile(`${target}.partial`, FILE.subarray(0, 299_999));
    await download();
    expect(server.requests).toEqual(["GET /file bytes=299999-"]);
    expect(Buffer.compare(await readFile(target), FILE)).toBe(0);
  });

  it("takes a part that is the whole", async () => {
    const { server, target, download } = await prepare(FILE);
    await writeFile(`${target}.partial`, FILE);
    await download();
    expect(server.requests).toEqual(["GET /file bytes=300000-"]);
    expect(Buffer.compare(await readFile(target), FILE)).toBe(0);
  });

  it("begins anew where the part was of another file", async () => {
    const { server, target, download } = await prepare(FILE);
    await writeFile(`${target}.partial`, Buffer.alloc(1000, 7));
    await download();
    expect(server.requests).toEqual(["GET /file bytes=1000-", "GET /file"]);
    expect(Buffer.compare(await readFile(target), FILE)).toBe(0);
  });

  it("begins anew with a server that knows no ranges", async () => {
    const { target, download } = await prepare(
      (_request, response) => void response.writeHead(200).end(FILE),
    );
    await writeFile(`${target}.partial`, FILE.subarray(0, 1000));
    await download();
    expect(Buffer.compare(await readFile(target), FILE)).toBe(0);
  });

  it("refuses a file with another checksum and keeps nothing of it", async () => {
    const { folder, download } = await prepare(FILE);
    const wrong = download({ checksum: sha256(Buffer.from("another file")) });
    await expect(wrong).rejects.toThrow(FetchError);
    await expect(wrong).rejects.toThrow(CHECKSUM.digest);
    expect(await readdir(folder)).toEqual([]);
  });

  it("says of a missing file that it is missing, without asking twice", async () => {
    const { server, download } = await prepare((_request, response) => void response.writeHead(404).end());
    await expect(download()).rejects.toMatchObject({ status: 404, reason: "HTTP status 404" });
    expect(server.requests).toHaveLength(1);
  });

  it("asks again when a server is in trouble, and not for ever", async () => {
    let troubles = 2;
    const { download } = await prepare((_request, response) =>
      troubles-- > 0 ? void response.writeHead(503).end() : FILE,
    );
    await download();
    const { server, download: tryInVain } = await prepare(
      (_request, response) => void response.writeHead(500).end(),
    );
    await expect(tryInVain()).rejects.toThrow(/HTTP status 500/);
    expect(server.requests).toHaveLength(3);
  });

  it("gives up on a connection that breaks again and again at the same place", async () => {
    const { server, download, folder } = await prepare((_request, response) => {
      response.writeHead(200, { "content-length": FILE.length });
      response.write(FILE.subarray(0, 5000), () => response.destroy());
    });
    await expect(download()).rejects.toThrow(FetchError);
    expect(server.requests.length).toBeLessThan(5);
    expect(await readdir(folder)).toEqual(["file.partial"]);
  });

  it("does not wait for ever for an answer, nor for the rest of one", async () => {
    const policy = { connectTimeoutMs: 50, stallTimeoutMs: 50, retryDelayMs: 1 };
    const { download } = await prepare(() => {});
    await expect(download({ policy })).rejects.toThrow(/no answer within 0.05 s/);
    const { download: downloadRest } = await prepare((_request, response) => {
      response.writeHead(200, { "content-length": FILE.length });
      response.write(FILE.subarray(0, 10));
    });
    await expect(downloadRest({ policy: { ...policy, connectTimeoutMs: 5000 } })).rejects.toThrow(
      /nothing for 0.05 s/,
    );
  });

  it("says of a host that is not there why", async () => {
    const { server, target } = await prepare(FILE);
    const settings = await settingsWith(`registry=${server.url}/\n`);
    const context = { settings, policy: POLICY };
    await expect(
      downloadFile("http://127.0.0.1:9/file", { target, checksum: CHECKSUM }, context),
    ).rejects.toMatchObject({ reason: "connect ECONNREFUSED 127.0.0.1:9" });
  });

  it("stops when it is told to, and keeps what it has", async () => {
    const controller = new AbortController();
    const { folder, target, download } = await prepare((_request, response) => {
      response.writeHead(200, { "content-length": FILE.length });
      response.write(FILE.subarray(0, 5000), () => controller.abort(new Error("enough")));
    });
    await expect(download({ signal: controller.signal })).rejects.toThrow("enough");
    expect(await readdir(folder)).toEqual(["file.partial"]);
    await expect(download({ signal: controller.signal })).rejects.toThrow("enough");
    expect((await readFile(`${target}.partial`)).length).toBeLessThanOrEqual(5000);
  });
});
