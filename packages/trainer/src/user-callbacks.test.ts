import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserModuleError } from "@convkit/models";
import type { RunConfigInput, TrainEvent } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf, journalOf, lastWeights, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { loadCheckpoint } from "./checkpoint.js";
import { resume, train } from "./train.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-callbacks-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (more: Partial<RunConfigInput> = {}) => squaresConfig(join(root, "squares"), more);
let runs = 0;
const newRun = (): string => join(root, `run-${++runs}`);

let modules = 0;
function write(source: string, name = `callback-${++modules}.mjs`): string {
  const path = join(root, name);
  writeFileSync(path, source);
  return path;
}

/** Counts steps and ends training at `options.at` of them. */
const COUNTING = `
export default function count({ tf, model, artifacts, config }, { at = 20 }) {
  let seen = { steps: 0, pictures: 0 };
  return {
    onStepEnd({ batchIds, stop }) {
      seen = { steps: seen.steps + 1, pictures: seen.pictures + batchIds().length };
      if (seen.steps === at) stop(\`\${at} steps of \${config.batchSize} by tfjs \${tf.version.tfjs ? "here" : ""}\`);
    },
    getState: () => seen,
    setState: (saved) => void (seen = saved),
  };
}
`;

describe("a callback out of a module", () => {
  it("ends the run, and goes on with its state after a resume", async () => {
    const callbacks = [write(COUNTING, "count.mjs")];
    const [uncut, cut] = [newRun(), newRun()];
    const whole = await train(configOf({ callbacks }), runOptions(uncut));
    expect([whole.status, whole.reason]).toEqual(["stopped", "20 steps of 13 by tfjs here"]);
    expect(whole.report!.testCount).toBe(40);

    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 7) controller.abort(new Error("SIGINT"));
    };
    await train(configOf({ callbacks }), runOptions(cut, { signal: controller.signal, onEvent }));
    const { state } = (await loadCheckpoint(join(cut, "checkpoints/last")))!;
    expect(state.callbacks["count.mjs"]).toEqual({ steps: 7, pictures: 91 });
    const resumed = await resume(cut, runOptions(cut));
    expect([resumed.status, resumed.reason]).toEqual([whole.status, whole.reason]);
    expect(await lastWeights(cut)).toEqual(await lastWeights(uncut));
  });

  it("may be there twice with different options, each with a state of its own", async () => {
    const module = write(COUNTING);
    const callbacks = [
      { module, options: { at: 100 } },
      { module, options: { at: 3 } },
    ];
    const run = newRun();
    expect((await train(configOf({ callbacks }), runOptions(run))).reason).toMatch(/^3 steps/);
    const { state } = (await loadCheckpoint(join(run, "checkpoints/last")))!;
    const name = "callback-1.mjs";
    expect([state.callbacks[name], state.callbacks[`${name}#2`]]).toEqual([
      { steps: 3, pictures: 39 },
      { steps: 3, pictures: 39 },
    ]);
  });

  it("is in the run's config by its hash, and a changed one is told of", async () => {
    const module = write(COUNTING);
    const run = newRun();
    const controller = new AbortController();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "step") controller.abort();
    };
    const config = configOf({ callbacks: [module], epochs: 1 });
    await train(config, runOptions(run, { signal: controller.signal, onEvent }));
    const stored = JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as RunConfigInput;
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(stored.callbacks).toEqual([{ module, options: {}, sha256 }]);
    writeFileSync(module, `${COUNTING}\n// changed`);
    await resume(run, runOptions(run));
    expect(eventsOf(journalOf(run), "message").map(({ text }) => text)).toContainEqual(
      expect.stringContaining(`${module} is not the file that the config was stored with`),
    );
  });

  it.each([
    ["is none", "export default 3;", "to be a function (context, options) => callback. Received: number"],
    ["gives none", "export default () => null;", "Received: [object Null]"],
    ["has a hook that does not exist", "export default () => ({ onBatchEnd() {} });", "Received: onBatchEnd"],
    [
      "cannot have its state put back",
      "export default () => ({ getState: () => 1 });",
      "only one of getState",
    ],
    ["fails while it is made", "export default () => { throw new Error('no luck'); };", "Received: no luck."],
    [
      "fails while it works",
      "export default () => ({ onStepEnd() { throw new Error('no luck'); } });",
      "Received: no luck in onStepEnd.",
    ],
    [
      "has state that is no JSON",
      "export default () => ({ getState: () => new Map([[1, 2]]), setState() {} });",
      "to give a JSON value",
    ],
  ])("that %s is refused by name", async (_, source, message) => {
    const module = write(source);
    const run = newRun();
    const training = train(configOf({ callbacks: [module], epochs: 1 }), runOptions(run));
    await expect(training).rejects.toThrow(UserModuleError);
    await expect(training).rejects.toThrow(message);
    await expect(training).rejects.toThrow(module);
    expect(journalOf(run).at(-1)).toMatchObject({ type: "runEnded", status: "failed" });
  });
});
