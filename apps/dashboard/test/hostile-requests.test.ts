import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { freePort } from "./free-port.js";
import { sendRequest, type Answer, type SentRequest } from "./send-request.js";

let home: string;
let dashboard: DashboardProcess;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-safety-"));
  await writeFile(join(home, "secret.txt"), "nobody may read this");
  dashboard = await startDashboard({ home });
});
afterAll(async () => {
  await dashboard.stop();
  await rm(home, { recursive: true, force: true });
});

const send = (request: Omit<SentRequest, "url"> & { readonly url?: string }): Promise<Answer> =>
  sendRequest({ url: dashboard.url, ...request });

const call = (procedure: string, input: unknown, headers: Record<string, string> = {}) =>
  send({
    method: "POST",
    path: `/api/trpc/${procedure}`,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(input),
  });

const port = () => new URL(dashboard.url).port;

describe("a page of another site", () => {
  it.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "localhost",
    "localhost:1",
    "[::2]",
  ])("is refused under the Host %s", async (host) => {
    const forged = host.includes(":") || host === "localhost" ? host : `${host}:${port()}`;
    for (const path of ["/runs", "/api/trpc/runs.fields", "/api/blobs/00", "/_next/static/x.js"]) {
      const { status, body } = await send({ path, headers: { host: forged } });
      expect([path, status]).toEqual([path, 421]);
      expect(body).toContain("Expected a Host of this dashboard");
    }
  });

  it("is refused without a Host, and with two", async () => {
    expect(await raw(`GET /runs HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    const two = `GET /runs HTTP/1.1\r\nHost: localhost:${port()}\r\nHost: evil.example\r\n\r\n`;
    expect((await raw(two)).slice(0, 12)).toMatch(/^HTTP\/1\.1 (400|421)$/);
  });

  it.each(["http://evil.example", "null", "https://localhost", `http://localhost:1`, "file://"])(
    "is refused with the Origin %s",
    async (origin) => {
      expect((await call("runs.archive", { ids: ["a"], archived: true }, { origin })).status).toBe(403);
      expect((await send({ path: "/api/trpc/runs.fields", headers: { origin } })).status).toBe(403);
    },
  );

  it.each(["cross-site", "same-site"])("is refused with Sec-Fetch-Site: %s", async (site) => {
    const headers = { "sec-fetch-site": site, "sec-fetch-mode": "cors" };
    expect((await send({ path: "/api/trpc/runs.fields", headers })).status).toBe(403);
    expect((await call("runs.delete", ["a"], headers)).status).toBe(403);
    // A form that navigates.
    const form = {
      ...headers,
      "sec-fetch-mode": "navigate",
      "content-type": "application/x-www-form-urlencoded",
    };
    expect(
      (await send({ method: "POST", path: "/api/trpc/runs.delete", headers: form, body: "a=b" })).status,
    ).toBe(403);
  });

  it("may link here", async () => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect((await send({ path: "/runs", headers })).status).toBe(200);
  });

  it("gets no leave to read from another origin, and no preflight", async () => {
    const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
    const { status, headers: answered } = await send({
      method: "OPTIONS",
      path: "/api/trpc/runs.delete",
      headers,
    });
    expect(status).toBe(403);
    expect(answered["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("paths", () => {
  it.each([
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/_next/static/../../../../../../etc/passwd",
    "/_next/static/%2e%2e%2f%2e%2e%2f%2e%2e%2fpackage.json",
    "/_next/image?url=%2F..%2F..%2Fetc%2Fpasswd&w=64&q=75",
    "/_next/image?url=http%3A%2F%2Fevil.example%2Fa.png&w=64&q=75",
    "/api/blobs/../secret.txt",
    "/api/blobs/..%2fsecret.txt",
    "/api/blobs/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    `/api/blobs/${"a".repeat(64)}%00`,
    "/api/runs/..%2f..%2f/artifacts/..%2f..%2fsecret.txt",
    "/api/runs/a/artifacts/../../../secret.txt",
    "/api/runs/a/artifacts/..%5c..%5csecret.txt",
    "/api/thumbnails/..%2f..%2f/..%2fsecret.txt",
    "/api/runs/%ff%fe/artifacts/%c0%ae%c0%ae%2fsecret.txt",
    "//evil.example/runs",
    "/\\evil.example",
    "/api/auth/sign-in/email",
    "/.env",
    "/package.json",
    "/api",
  ])("%s leads nowhere", async (path) => {
    const { status, body } = await send({ path });
    expect(status).toBeGreaterThanOrEqual(300);
    expect(status).toBeLessThan(500);
    expect(body).not.toMatch(/root:|nobody may read this|"dependencies"/);
  });

  it("that are absolute URLs of another host do not make this server a proxy", async () => {
    const answer = await raw(
      `GET http://evil.example/runs HTTP/1.1\r\nHost: localhost:${port()}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 [34]\d\d /);
  });

  it("that are endless are refused", async () => {
    // Node.js answers and closes before it has read all: the answer may be lost on its way.
    const answer = await send({ path: `/${"a".repeat(100_000)}` }).catch(closed);
    expect([431, 0]).toContain(answer.status);
  });
});

describe("bodies", () => {
  it("of a call are limited, whether they say their size or not", async () => {
    const body = Buffer.alloc(17 * 1024 * 1024, "1");
    const said = await send({
      method: "POST",
      path: "/api/trpc/runs.delete",
      headers: { "content-type": "application/json", "content-length": String(body.length) },
      body,
    }).catch(closed);
    expect([413, 0]).toContain(said.status);
    const unsaid = await send({
      method: "POST",
      path: "/api/trpc/runs.delete",
      headers: { "content-type": "application/json", "transfer-encoding": "chunked" },
      body,
    }).catch(closed);
    expect([413, 400, 0]).toContain(unsaid.status);
    expect((await send({ path: "/runs" })).status).toBe(200);
  });

  it("that are no JSON, or another type, are refused", async () => {
    const headers = { "content-type": "application/json" };
    for (const body of ["", "{", "[1,", "\u0000", '{"0":', "null", "1e999", '"__proto__"']) {
      const { status } = await send({ method: "POST", path: "/api/trpc/runs.delete", headers, body });
      expect([body, status]).toEqual([body, 400]);
    }
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const typed = await send({ method: "POST", path: "/api/trpc/runs.delete", headers: form, body: "ids=a" });
    expect(typed.status).toBe(415);
  });

  it("with more than a call may ask for are refused", async () => {
    const many = Array.from({ length: 2001 }, (_, index) => `run ${index}`);
    expect((await call("runs.delete", many)).status).toBe(400);
    expect((await call("runs.delete", [])).status).toBe(400);
    expect((await send({ path: query("runs.list", { limit: 1_000_000 }) })).status).toBe(400);
    expect((await send({ path: query("runs.list", { filter: "a".repeat(5000) }) })).status).toBe(400);
    expect(
      (await send({ path: query("runs.series", { runIds: ["a"], keys: ["k"], points: 1e9 }) })).status,
    ).toBe(400);
  });

  it("of an upload are no larger than announced, and have the hash that they are named by", async () => {
    const bytes = Buffer.from("a picture");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const put = (name: string, headers: Record<string, string>, body: Buffer = bytes) =>
      send({ method: "PUT", path: `/api/blobs/${name}`, headers, body });
    expect((await put("0".repeat(64), {})).status).toBe(422);
    expect((await put(sha256, { "content-range": "bytes 5-8/9" })).status).toBe(409);
    expect((await put(sha256, { "content-range": "bytes 0-8/5" })).status).toBe(422);
    expect((await put(sha256, { "content-range": "bytes 0-8/99999999999999999" })).status).toBe(400);
    expect(
      (await put(sha256, { "content-range": "bytes a-b/c", "transfer-encoding": "chunked" })).status,
    ).toBe(400);
    expect((await put("../../secret.txt", {})).status).toBeGreaterThanOrEqual(400);
    expect((await put(sha256.toUpperCase(), {})).status).toBe(400);
    expect((await put(sha256, {})).status).toBe(201);
    expect((await send({ path: `/api/blobs/${sha256}` })).body).toBe("a picture");
    const from = (range: string) => send({ path: `/api/blobs/${sha256}`, headers: { range } });
    expect(await from("bytes=2-")).toMatchObject({ status: 206, body: "picture" });
    expect((await from("bytes=9-")).status).toBe(416);
    expect(await from("bytes=-99999999999999999999")).toMatchObject({ status: 200, body: "a picture" });
    const empty = createHash("sha256").digest("hex");
    expect((await put(empty, { "content-range": "bytes */0" }, Buffer.alloc(0))).status).toBe(201);
    expect((await put("1".repeat(64), { "content-range": "bytes */7" }, Buffer.alloc(0))).status).toBe(409);
    expect(await readdir(join(home, "blobs"))).toEqual(expect.arrayContaining([sha256.slice(0, 2)]));
    expect(await readFile(join(home, "secret.txt"), "utf8")).toBe("nobody may read this");
  });
});

describe("tokens", () => {
  it("open the worker's procedures, and only those, until they are revoked", async () => {
    const made = await call("jobs.createToken", { name: "a worker" });
    const { id, token } = (JSON.parse(made.body) as { result: { data: { id: string; token: string } } })
      .result.data;
    const bearer = { authorization: `Bearer ${token}` };
    const worker = {
      id: "3f0e8f2c-59a2-4f6e-9d3b-6f1d0f5a7c11",
      name: "a worker",
      version: "0.0.0",
      kinds: ["train"],
      engines: [],
      home: null,
    };
    expect((await call("workers.register", worker, bearer)).status).toBe(200);
    for (const procedure of [
      "runs.delete",
      "jobs.createToken",
      "jobs.train",
      "accounts.invite",
      "runs.archive",
    ]) {
      expect([procedure, (await call(procedure, {}, bearer)).status]).toEqual([procedure, 401]);
    }
    for (const path of [
      query("runs.list", {}),
      query("jobs.tokens", undefined),
      query("datasets.list", undefined),
    ]) {
      expect([path, (await send({ path, headers: bearer })).status]).toEqual([path, 401]);
    }
    expect((await send({ path: "/api/runs/a/artifacts/model/model.json", headers: bearer })).status).toBe(
      403,
    );
    expect((await send({ path: "/api/thumbnails/a/b", headers: bearer })).status).toBe(403);

    expect((await call("jobs.revokeToken", id)).status).toBe(200);
    expect((await call("workers.register", worker, bearer)).status).toBe(401);
    expect((await send({ path: `/api/blobs/${"a".repeat(64)}`, headers: bearer })).status).toBe(401);
  });

  it.each([
    "",
    "Bearer",
    "Bearer ",
    "Bearer convkit_",
    "Basic YTpi",
    "Bearer ' OR 1=1 --",
    "bearer null",
    `Bearer ${"x".repeat(5000)}`,
  ])("that are none (%j) open nothing", async (authorization) => {
    const { status } = await call(
      "workers.claim",
      { workerId: "3f0e8f2c-59a2-4f6e-9d3b-6f1d0f5a7c11", kinds: ["train"] },
      { authorization },
    );
    expect(status).toBe(401);
  });
});

describe("answers", () => {
  it("forbid to frame, sniff and run what is not the dashboard's", async () => {
    const { headers } = await send({ path: "/runs" });
    expectGuarded(headers, /^default-src 'self'.*frame-ancestors 'none'/);
    expect(headers["content-security-policy"]).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  it.each<[number, Parameters<typeof send>[0]]>([
    [200, { path: query("runs.fields", undefined) }],
    [401, { path: "/api/blobs/00", headers: { authorization: "Bearer convkit_none" } }],
    [403, { path: "/runs", headers: { origin: "http://evil.example" } }],
    [403, { path: "/runs", headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" } }],
    [404, { path: "/api/nothing" }],
    [404, { path: "/api/trpc/nothing.at.all" }],
    [405, { method: "POST", path: "/api/runs/a/artifacts/b" }],
    [413, { method: "POST", path: "/api/trpc/runs.delete", headers: { "content-length": "99999999" } }],
    [421, { path: "/runs", headers: { host: "evil.example" } }],
  ])("with %i that are no page load nothing at all: %j", async (status, request) => {
    const answer = await send(request);
    expect(answer.status).toBe(status);
    expectGuarded(answer.headers, /^default-src 'none'.*frame-ancestors 'none'/);
  });

  it("to mistakes name no file of this machine", async () => {
    for (const path of [
      query("runs.byId", { a: 1 }),
      query("nothing.at.all", {}),
      "/api/trpc/",
      "/runs/%00",
    ]) {
      const { body, status } = await send({ path });
      expect(status).toBeGreaterThanOrEqual(200);
      expect(body).not.toMatch(/node_modules|at [\w.]+ \(|\/dist\//);
    }
  });
});

describe("a server that others can reach", () => {
  it("takes no more of a body for signing in than that needs, whether it says its size or not", async () => {
    const other = await mkdtemp(join(tmpdir(), "convkit-safety-"));
    const port = await freePort();
    const served = await startDashboard({
      home: other,
      port,
      flags: ["--no-worker", "--url", `http://localhost:${port}`],
      environment: { CONVKIT_SECRET: "0123456789".repeat(4) },
    });
    try {
      const post = (length: number, size: Record<string, string>) =>
        send({
          url: served.url,
          method: "POST",
          path: "/api/auth/sign-in/email",
          headers: { "content-type": "application/json", origin: served.url, ...size },
          body: JSON.stringify({ email: "a@example.org", password: "x".repeat(length) }),
        });
      const chunked = { "transfer-encoding": "chunked" };
      expect((await post(100, chunked)).status).toBe(401);
      for (const size of [chunked, {}]) {
        const { status, headers } = await post(1e5, size);
        expect(status).toBe(413);
        expectGuarded(headers, /^default-src 'none'/);
      }
      expect([413, 0]).toContain((await post(64 * 1024 * 1024, chunked).catch(closed)).status);
    } finally {
      await served.stop();
      await rm(other, { recursive: true, force: true });
    }
  });

  it("does not start without a secret, or with a short one", async () => {
    const other = await mkdtemp(join(tmpdir(), "convkit-safety-"));
    const start = (environment: Record<string, string>, flags: string[]) =>
      startDashboard({ home: other, environment, flags: ["--no-worker", ...flags] });
    const none = { CONVKIT_SECRET: "" };
    await expect(start(none, ["--host", "0.0.0.0"])).rejects.toThrow(
      "Expected CONVKIT_SECRET to hold 32 characters",
    );
    await expect(start({ CONVKIT_SECRET: "short" }, ["--host", "0.0.0.0"])).rejects.toThrow(
      "Received: 5 characters",
    );
    await expect(start(none, ["--url", "https://convkit.example.org"])).rejects.toThrow("CONVKIT_SECRET");
    const secret = { CONVKIT_SECRET: "0123456789".repeat(4) };
    await expect(start(secret, ["--host", "0.0.0.0"])).rejects.toThrow(
      "Expected --url beside --host 0.0.0.0",
    );
    await rm(other, { recursive: true, force: true });
  });
});

function expectGuarded(headers: Answer["headers"], policy: RegExp): void {
  expect(headers["content-security-policy"]).toMatch(policy);
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
  });
}

function query(procedure: string, input: unknown): string {
  return input === undefined
    ? `/api/trpc/${procedure}`
    : `/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;
}

/** The server closed the connection instead of reading on. */
const closed = (error: NodeJS.ErrnoException): Answer => {
  if (error.code !== "ECONNRESET" && error.code !== "EPIPE") throw error;
  return { status: 0, headers: {}, body: "" };
};

/** Bytes as they are; the whole answer. */
function raw(bytes: string): Promise<string> {
  const { hostname, port: number } = new URL(dashboard.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(number) }, () => socket.write(bytes));
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
      socket.end();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}
