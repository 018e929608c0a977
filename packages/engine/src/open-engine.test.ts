import { expect, it } from "vitest";
import { candidates } from "./candidates/index.js";
import { UnknownEngineError } from "./engine-errors.js";
import { ENGINE_ORDER, type EnginePreference } from "./engine-order.js";
import { openEngine } from "./open-engine.js";

it("refuses a name that no engine has", async () => {
  await expect(openEngine("gpu" as EnginePreference)).rejects.toThrow(UnknownEngineError);
  await expect(openEngine("constructor" as EnginePreference)).rejects.toThrow(
    'Expected an engine: auto, tensorflow-gpu, native, tensorflow, wasm, cpu. Received: "constructor".',
  );
});

it("opens the best engine that can train, and says why each better one is not there", async () => {
  // Three calls at once: one opening.
  const [engine, ...others] = await Promise.all([openEngine(), openEngine("auto"), openEngine()]);
  expect(others).toEqual([engine, engine]);
  expect(engine.canTrain).toBe(true);
  const better = ENGINE_ORDER.slice(0, ENGINE_ORDER.indexOf(engine.name));
  expect(engine.unavailable.map(({ name }) => name)).toEqual(
    better.filter((name) => candidates[name].canTrain),
  );
  for (const { reason } of engine.unavailable) expect(reason.length).toBeGreaterThan(20);
  expect(Object.keys(engine.tf.engine().registry)).toEqual([candidates[engine.name].backend]);
});
