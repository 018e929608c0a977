import { afterEach, expect, it, vi } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";

afterEach(() => void vi.unstubAllEnvs());

it("measures every engine, and names a reason where there is none", async () => {
  const folder = makeFolder();
  vi.stubEnv("XDG_CACHE_HOME", folder);
  const { exitCode, json } = await runConvkit(folder, ["doctor", "--json"]);
  expect(exitCode).toBe(0);
  const [report] = json();
  const engines = report?.["engines"] as {
    name: string;
    available: boolean;
    reason?: string;
    canTrain?: boolean;
    speed?: { gflopsPerSecond: number };
  }[];
  expect(engines.map(({ name }) => name)).toEqual(expect.arrayContaining(["native", "cpu", "wasm"]));
  for (const engine of engines) {
    if (engine.available) expect(engine.speed).toMatchObject({ imagesPerSecond: expect.any(Number) });
    else expect(engine.reason).toMatch(/\w/);
  }
  expect(engines.find(({ name }) => name === "cpu")).toMatchObject({ available: true });
  const [fastest] = engines
    .filter(({ canTrain }) => canTrain)
    .sort((a, b) => b.speed!.gflopsPerSecond - a.speed!.gflopsPerSecond);
  expect(report).toMatchObject({
    chosen: fastest?.name,
    machine: { cores: expect.any(Number), memoryBytes: expect.any(Number) },
    versions: { node: process.version },
  });
});

it("says what to put right where a variable is misspelt", async () => {
  vi.stubEnv("CONVKIT_THREADS", "many");
  const { exitCode, stdout } = await runConvkit(makeFolder(), ["doctor"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/native .* to be put right: .*Received: \w+\. Unset CONVKIT_THREADS/);
  expect(stdout).toContain("`auto` opens no engine before that is put right.");
});
