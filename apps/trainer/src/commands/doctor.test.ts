import { expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";

it("measures every engine, and names a reason where there is none", async () => {
  const { exitCode, json } = await runConvkit(makeFolder(), ["doctor", "--json"]);
  expect(exitCode).toBe(0);
  const [report] = json();
  const engines = report?.["engines"] as {
    name: string;
    available: boolean;
    reason?: string;
    speed?: object;
  }[];
  expect(engines.map(({ name }) => name)).toEqual(expect.arrayContaining(["native", "cpu", "wasm"]));
  for (const engine of engines) {
    if (engine.available) expect(engine.speed).toMatchObject({ imagesPerSecond: expect.any(Number) });
    else expect(engine.reason).toMatch(/\w/);
  }
  expect(engines.find(({ name }) => name === "cpu")).toMatchObject({ available: true });
  expect(report).toMatchObject({
    chosen: expect.any(String),
    machine: { cores: expect.any(Number), memoryBytes: expect.any(Number) },
    versions: { node: process.version },
  });
});
