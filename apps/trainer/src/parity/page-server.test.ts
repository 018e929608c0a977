import { request } from "node:http";
import { connect } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { PageServer } from "./page-server.js";

async function open(...options: ConstructorParameters<typeof PageServer>) {
  const server = new PageServer(...options);
  onTestFinished(() => server.close());
  return { server, address: new URL(await server.listen()) };
}

/** With a target that no URL need be. */
function statusOf(address: URL, target: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: address.hostname, port: address.port, path: target }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

it("answers strangers that there is nothing, whatever they ask for", async () => {
  const { address } = await open("/nowhere");
  for (const target of ["//", "/", "/ready", "http://", "*"]) {
    expect(await statusOf(address, target), target).toBe(404);
  }
  expect(await statusOf(address, address.pathname)).toBe(200);
});

it("outlives a page that goes while it speaks", async () => {
  const { server, address } = await open("/nowhere");
  const socket = connect(Number(address.port), address.hostname);
  const gone = new Promise((resolve) => socket.once("close", resolve));
  socket.write(`POST ${address.pathname}answer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`, () =>
    socket.destroy(),
  );
  await gone;
  await fetch(new URL("ready", address), { method: "POST", body: '{"browser":"Chromium 1","tfjs":"4"}' });
  expect(await server.ready()).toEqual({ browser: "Chromium 1", tfjs: "4" });
});

it("does not wait for ever for a page that has crashed", async () => {
  const { server } = await open("/nowhere", { answerMs: 1 });
  await expect(server.ask({ headers: {}, body: new Uint8Array(1) })).rejects.toMatchObject({
    name: "BrowserUnavailableError",
    message: expect.stringMatching(/^Expected an answer of the browser's page within 0.001 s/) as string,
  });
});

it("says what came of a page that does not come up", async () => {
  const { server, address } = await open("/nowhere");
  const ready = expect(server.ready()).rejects.toMatchObject({
    name: "BrowserUnavailableError",
    message: `Expected the browser to load the run's classifier. Received: its page said "<html>"`,
  });
  await fetch(new URL("ready", address), { method: "POST", body: "<html>" });
  await ready;
});
