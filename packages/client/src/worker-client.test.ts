import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { eventually } from "../test/eventually.js";
import { startRecordServer } from "../test/record-server.js";
import { createWorkerClient, NotAuthorizedError, ServerError, ServerUnreachableError } from "./index.js";

const worker = {
  id: "b3a0b2f0-6a3f-4c9b-8f43-8e9b2a0b9a11",
  name: "gpu",
  version: "1.0.0",
  kinds: ["train" as const],
  engines: [],
  datasets: [],
  models: [],
  home: null,
};
const quick = { firstMs: 1, mostMs: 10 };
const once1 = { patienceMs: 0 };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it("says which server it did not reach, and why", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const error = await createWorkerClient({ url })
    .register(worker, once1)
    .catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ServerUnreachableError);
  expect(error).toMatchObject({ url, message: expect.stringMatching(/ECONNREFUSED.*convkit dashboard/) });
});

it("refuses what is no address, and what is no token", () => {
  expect(() => createWorkerClient({ url: "localhost:4100" })).toThrow("Received: localhost:4100.");
  expect(() => createWorkerClient({ url: "http://localhost", token: "convkit_…" })).toThrow(
    "Expected a token",
  );
});

it("shows its token, and says what to do when that is refused", async () => {
  const server = await startRecordServer();
  server.tokens = new Set(["convkit_good"]);
  const query = { workerId: worker.id, kinds: worker.kinds };
  const good = createWorkerClient({ url: `${server.url}/`, token: "convkit_good" });
  expect(await good.claim(query)).toBeNull();
  server.tokens.clear();
  const refused = good.claim(query);
  await expect(refused).rejects.toBeInstanceOf(NotAuthorizedError);
  await expect(refused).rejects.toThrow(/this token \(Expected an API token.\).*CONVKIT_TOKEN/);
  await expect(createWorkerClient({ url: server.url }).claim(query)).rejects.toThrow(
    "a call without a token",
  );
});

it("tries again where the server is away, and tells once that it is and that it is back", async () => {
  const server = await startRecordServer();
  const told: (string | null)[] = [];
  const client = createWorkerClient({
    url: server.url,
    pauses: quick,
    onConnection: (failure) => told.push(failure && failure.name),
  });
  await client.register(worker);
  await server.stop();
  const registered = client.register(worker);
  await eventually(() => told.length).toBe(1);
  await server.start();
  await registered;
  expect(told).toEqual(["ServerUnreachableError", null]);
});

it("tries again what the server or a proxy fails at, and not what it refuses", async () => {
  const server = await startRecordServer();
  const client = createWorkerClient({ url: server.url, pauses: quick });
  let failures = 3;
  server.intercept = (_request, response) => {
    if (failures === 0) return false;
    failures -= 1;
    response.writeHead(502, { "Content-Type": "text/html" }).end("<h1>Bad gateway</h1>");
    return true;
  };
  await client.register(worker);
  expect(server.requests).toHaveLength(4);

  server.intercept = (_request, response) => {
    response.writeHead(413, { "Content-Type": "text/plain" }).end("Expected a smaller body.\n");
    return true;
  };
  await expect(client.register(worker)).rejects.toThrow("413, Expected a smaller body.");
  expect(server.requests).toHaveLength(5);
});

it("does not take an answer for what it is not", async () => {
  const server = await startRecordServer();
  const client = createWorkerClient({ url: server.url });
  const beat = client.heartbeat({ workerId: worker.id, jobId: worker.id, fence: 1 });
  await expect(beat).rejects.toBeInstanceOf(ServerError);
  await expect(beat).rejects.toThrow("workers.heartbeat");
  // A server of an older version.
  await expect(client.findDataset("0")).rejects.toMatchObject({ status: 404 });
});

it("ends at once when its signal does", async () => {
  const server = await startRecordServer();
  server.intercept = () => true;
  const client = createWorkerClient({ url: server.url });
  const stopping = new AbortController();
  const call = client.register(worker, { signal: stopping.signal });
  await eventually(() => server.requests.length).toBe(1);
  stopping.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
});
