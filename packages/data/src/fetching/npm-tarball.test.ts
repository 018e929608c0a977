import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { list } from "tar";
import { describe, expect, it, onTestFinished } from "vitest";
import { serveFiles } from "../../test/file-server.js";
import { serveNpmPackage, settingsWith } from "../../test/npm-registry.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { FetchError } from "./fetch-error.js";
import { downloadNpmTarball } from "./npm-tarball.js";

const POLICY = { connectTimeoutMs: 5000, stallTimeoutMs: 5000, retryDelayMs: 1 };
const PUBLISHED = { name: "carrier", version: "1.2.3", files: { "package.json": "{}", "data/x": "hello" } };

async function prepare() {
  const { server, settings, checksum } = await serveNpmPackage(PUBLISHED);
  const target = join(await temporaryFolder(), "carrier.tgz");
  const tarball = { package: "carrier", version: "1.2.3", checksum };
  return { server, settings, tarball, target };
}

describe("downloadNpmTarball", () => {
  it("asks the registry of the .npmrc where the tarball lies", async () => {
    const { server, settings, tarball, target } = await prepare();
    await downloadNpmTarball(tarball, target, { settings, policy: POLICY });
    expect(server.requests).toEqual(["GET /carrier", "GET /carrier/-/carrier-1.2.3.tgz"]);
    const paths: string[] = [];
    await list({ file: target, onReadEntry: (entry) => void paths.push(entry.path) });
    expect(paths).toContain("package/data/x");
  });

  it("sends the registry's token and goes by the proxy of the .npmrc", async () => {
    const { server, tarball, target } = await prepare();
    const seen: (string | undefined)[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      const path = new URL(request.url ?? "").pathname;
      const answer = server.answers.get(path);
      if (answer instanceof Buffer) response.end(answer.toString("latin1"), "latin1");
      else response.writeHead(404).end();
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    onTestFinished(() => void proxy.close());
    const settings = await settingsWith(
      `registry=http://registry.invalid/\n//registry.invalid/:_authToken=secret\nproxy=http://127.0.0.1:${(proxy.address() as AddressInfo).port}/\n`,
    );
    await downloadNpmTarball(tarball, target, { settings, policy: POLICY });
    expect(seen[0]).toBe("http://registry.invalid/carrier Bearer secret");
    expect(seen[1]).toBe("http://registry.invalid/carrier/-/carrier-1.2.3.tgz Bearer secret");
  });

  it("asks the mirror for tarballs that its descriptions place elsewhere, and then the other address", async () => {
    const { server, tarball, target } = await prepare();
    const mirror = await serveFiles({ "/npm/carrier": server.answers.get("/carrier") ?? Buffer.alloc(0) });
    const settings = await settingsWith(`registry=${mirror.url}/npm/\n`);
    await downloadNpmTarball(tarball, target, { settings, policy: POLICY });
    expect(mirror.requests).toEqual(["GET /npm/carrier", "GET /npm/carrier/-/carrier-1.2.3.tgz"]);
    expect(server.requests).toEqual(["GET /carrier/-/carrier-1.2.3.tgz"]);
    const { digest } = tarball.checksum;
    expect(
      createHash("sha512")
        .update(await readFile(target))
        .digest("hex"),
    ).toBe(digest);
  });

  it.each([
    ["another version", { versions: { "1.0.0": { dist: { tarball: "http://x.invalid/y.tgz" } } } }],
    ["what is no description", { message: "please log in" }],
  ])("refuses a registry that answers with %s", async (_what, answer) => {
    const { server, settings, tarball, target } = await prepare();
    server.answers.set("/carrier", Buffer.from(JSON.stringify(answer)));
    await expect(downloadNpmTarball(tarball, target, { settings, policy: POLICY })).rejects.toThrow(
      FetchError,
    );
  });
});
