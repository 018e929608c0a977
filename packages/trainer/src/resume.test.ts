import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { ContentHashMismatchError } from "@convkit/data";
import type { RunConfigInput, TrainEvent } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  eventsOf,
  journalOf,
  lastWeights,
  runOptions as optionsFor,
  squaresConfig,
} from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { RunBusyError } from "./attempt-lock.js";
import { CheckpointCorruptError, loadCheckpoint } from "./checkpoint.js";
import { evaluateRun } from "./evaluate-run.js";
import { historyOf } from "./history.js";
import { usualStepsInFlight } from "./steps-in-flight.js";
import { resume, RunFinishedError, train } from "./train.js";

let root: string;
/** A run of `configOf()` that nothing interrupted. */
let whole: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "convkit-resume-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
  whole = newRun();
  await train(configOf(), optionsFor(whole));
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (more: Partial<RunConfigInput> = {}) => squaresConfig(join(root, "squares"), more);

let runs = 0;
const newRun = (): string => join(root, `run-${++runs}`);

function startChild(...args: string[]): ChildProcessByStdio<Writable, Readable, null> {
  const script = fileURLToPath(new URL("../test/train-child.mjs", import.meta.url));
  const command = ["--import", "@convkit/vitest-config/open-backend", script, ...args];
  return spawn(process.execPath, command, { stdio: ["pipe", "pipe", "inherit"] });
}

describe("resume", () => {
  it("goes on after the signal as if it had never come", async () => {
    const cut = newRun();

    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 17) controller.abort(new Error("SIGINT"));
    };
    const first = await train(configOf(), optionsFor(cut, { signal: controller.signal, onEvent }));
    expect(first).toMatchObject({ status: "interrupted", reason: "SIGINT" });
    expect(first.report).toBeUndefined();
    const second = await resume(cut, optionsFor(cut));
    expect(second.status).toBe("completed");
    expect(await lastWeights(cut)).toEqual(await lastWeights(whole));

    const events = journalOf(cut);
    // Steps that have begun when one is told of are done before the end.
    const fromStep = 17 + usualStepsInFlight() - 1;
    expect(eventsOf(events, "resumed")).toMatchObject([{ attempt: 2, fromStep, fromEpoch: 1 }]);
    expect(eventsOf(events, "runStarted")).toHaveLength(1);
    const curve = (run: string) =>
      historyOf(journalOf(run)).map(({ epoch, step, logs }) => ({ epoch, step, logs }));
    expect(curve(cut)).toEqual(curve(whole));
    expect(readFileSync(join(cut, "report.json"))).toEqual(readFileSync(join(whole, "report.json")));
  });

  it("keeps what a plateau made of the learning rate, and lets weights rest when their epochs are done", async () => {
    const config = configOf({
      epochs: 4,
      learningRate: 0.02,
      // No epoch is that much better than the first.
      schedule: { name: "reduce-on-plateau", patience: 1, factor: 0.5, minDelta: 1e3, cooldown: 1 },
      optimizer: { name: "muon", groups: [{ weights: "/bias$", learningRate: 2, untilEpoch: 2.5 }] },
    });
    const [uncut, cut] = [newRun(), newRun()];
    await train(config, optionsFor(uncut));
    const controller = new AbortController();
    // 2.5 epochs of 12 steps.
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 30) controller.abort(new Error("SIGINT"));
    };
    await train(config, optionsFor(cut, { signal: controller.signal, onEvent }));
    const halfway = (await loadCheckpoint(join(cut, "checkpoints/last")))!.weights;
    expect((await resume(cut, optionsFor(cut))).status).toBe("completed");
    expect(await lastWeights(cut)).toEqual(await lastWeights(uncut));
    const final = (await loadCheckpoint(join(cut, "checkpoints/last")))!.weights;
    const resting = Object.keys(final).filter((name) => isDeepStrictEqual(final[name], halfway[name]));
    expect(resting).toEqual(Object.keys(final).filter((name) => name.endsWith("/bias")));
    expect(resting).toHaveLength(1);
    const rates = historyOf(journalOf(cut)).map(({ logs }) => logs["learning_rate"]);
    expect(rates).toEqual([0.02, 0.02, 0.01, 0.01]);
  });

  it("mixes the pictures that are left as they would have been mixed", async () => {
    const lists = configOf().transforms as object;
    const batch = [
      { name: "MixUp" as const, alpha: 0.4 },
      { name: "CutMix" as const, untilEpoch: 1 },
    ];
    const config = configOf({ transforms: { train: [], evaluation: [], ...lists, batch } });
    const [uncut, cut] = [newRun(), newRun()];
    await train(config, optionsFor(uncut));
    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 7) controller.abort(new Error("SIGINT"));
    };
    await train(config, optionsFor(cut, { signal: controller.signal, onEvent }));
    expect((await resume(cut, optionsFor(cut))).status).toBe("completed");
    expect(await lastWeights(cut)).toEqual(await lastWeights(uncut));
    expect(await lastWeights(cut)).not.toEqual(await lastWeights(whole));
  });

  it.each<RunConfigInput["sampling"]>([
    { name: "weighted", weights: { "0": 4, "1": 0.5 } },
    { name: "repeated-augmentation", repeats: 2 },
  ])("goes on with the next picture of %j", async (sampling) => {
    const config = configOf({ sampling });
    const [uncut, cut] = [newRun(), newRun()];
    await train(config, optionsFor(uncut));
    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 7) controller.abort(new Error("SIGINT"));
    };
    await train(config, optionsFor(cut, { signal: controller.signal, onEvent }));
    expect((await resume(cut, optionsFor(cut))).status).toBe("completed");
    expect(await lastWeights(cut)).toEqual(await lastWeights(uncut));
    expect(await lastWeights(cut)).not.toEqual(await lastWeights(whole));
  });

  it("goes on after SIGKILL in the middle of an epoch as if it had never come", async () => {
    const killed = newRun();
    const first = startChild("train", killed, JSON.stringify(configOf()), "17");
    // The child says the number of each step once it stands in the journal, and waits after this one.
    for await (const line of createInterface(first.stdout)) if (line === "17") break;
    for (const work of [resume, evaluateRun]) {
      const refusal = await work(killed, optionsFor(killed)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(RunBusyError);
      expect(refusal).toMatchObject({ pid: first.pid });
      expect((refusal as Error).message).toContain(`process ${first.pid} is at work on`);
    }
    first.kill("SIGKILL");
    const [code, signal] = (await once(first, "exit")) as [number | null, string | null];
    expect([code, signal]).toEqual([null, "SIGKILL"]);
    // Whatever the moment did to the last line, this is worse.
    appendFileSync(join(killed, "events.jsonl"), `{"type":"step","ep`);

    const second = startChild("resume", killed);
    expect((await once(second, "exit"))[0]).toBe(0);
    expect(await lastWeights(killed)).toEqual(await lastWeights(whole));
    const events = journalOf(killed);
    const [resumed] = eventsOf(events, "resumed");
    expect(resumed).toMatchObject({ fromStep: 15, fromEpoch: 1 });
    expect(eventsOf(events, "message").map(({ text }) => text)).toContainEqual(
      expect.stringContaining("18 bytes"),
    );
    expect(historyOf(events).map(({ epoch, logs }) => [epoch, logs])).toEqual(
      historyOf(journalOf(whole)).map(({ epoch, logs }) => [epoch, logs]),
    );
  });

  it("lets one of two that come at once go on", async () => {
    const run = newRun();
    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 17) controller.abort(new Error("SIGINT"));
    };
    await train(configOf(), optionsFor(run, { signal: controller.signal, onEvent }));
    const outcomes = await Promise.allSettled([1, 2].map(() => resume(run, optionsFor(run))));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refused?.reason).toBeInstanceOf(RunBusyError);
    expect(await lastWeights(run)).toEqual(await lastWeights(whole));
    expect(eventsOf(journalOf(run), "resumed")).toHaveLength(1);
    expect(readdirSync(run)).not.toContain("attempt.lock");
  });

  it("starts from the beginning where nothing was saved yet", async () => {
    const cut = newRun();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "step") throw new Error("the receiver failed");
    };
    await expect(train(configOf(), optionsFor(cut, { onEvent }))).rejects.toThrow("the receiver failed");
    expect(readdirSync(join(cut, "checkpoints"))).toEqual([]);
    expect((await resume(cut, optionsFor(cut))).status).toBe("completed");
    expect(eventsOf(journalOf(cut), "resumed")).toMatchObject([{ fromStep: 0, fromEpoch: 0 }]);
    expect(await lastWeights(cut)).toEqual(await lastWeights(whole));
  });

  it("only judges what the signal cut short while judging", async () => {
    const run = newRun();
    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "checkpointSaved" && event.step === 24 && event.kind === "last") controller.abort();
    };
    const first = await train(configOf(), optionsFor(run, { signal: controller.signal, onEvent }));
    expect(first.status).toBe("interrupted");
    const steps = eventsOf(journalOf(run), "step").length;
    const second = await resume(run, optionsFor(run));
    expect(second.report!.testCount).toBe(40);
    expect(eventsOf(journalOf(run), "step")).toHaveLength(steps);
  });

  it("says that another engine gives other weights", async () => {
    const run = newRun();
    const controller = new AbortController();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "step") controller.abort();
    };
    await train(configOf({ epochs: 1 }), optionsFor(run, { signal: controller.signal, onEvent }));
    const engine = { name: "native", device: "test", threads: 2, versions: {} } as const;
    await resume(run, optionsFor(run, { engine }));
    const [{ level, text } = { level: null, text: "" }] = eventsOf(journalOf(run), "message");
    expect(level).toBe("warning");
    expect(text).toContain("cpu with 1 thread and goes on with native with 2 threads");
  });

  it.each([
    ["ema", { decay: 0.9 }],
    ["lookahead", { everySteps: 5, slowShare: 0.9 }],
  ])(
    "says of a run that %s was added to that it began without, and that its network is the same",
    async (name, spec) => {
      const run = newRun();
      const controller = new AbortController();
      const onEvent = ({ type }: TrainEvent): void => {
        if (type === "step") controller.abort();
      };
      await train(configOf({ epochs: 1 }), optionsFor(run, { signal: controller.signal, onEvent }));
      const path = join(run, "config.json");
      const config = JSON.parse(readFileSync(path, "utf8")) as object;
      writeFileSync(path, JSON.stringify({ ...config, [name]: spec }));
      await expect(resume(run, optionsFor(run))).rejects.toThrow(
        `Expected a checkpoint with the averaged weights of \`${name}\`. Received: one of a run that was begun without. ` +
          `Take \`${name}\` out of the run's config again, or begin a new run with it.`,
      );
      writeFileSync(path, JSON.stringify(config));
      expect((await resume(run, optionsFor(run))).status).toBe("completed");
    },
  );

  it.each([
    ["ema", { decay: 0.9 }, "the weights themselves are validated, judged and kept from here on"],
    ["lookahead", { everySteps: 5, slowShare: 0.9 }, "which the config no longer has."],
  ])(
    "says aloud that the averages are lost of a run whose config no longer has %s",
    async (name, spec, words) => {
      const run = newRun();
      const controller = new AbortController();
      const onEvent = ({ type }: TrainEvent): void => {
        if (type === "step") controller.abort();
      };
      const config = configOf({ epochs: 1, [name]: spec });
      await train(config, optionsFor(run, { signal: controller.signal, onEvent }));
      const path = join(run, "config.json");
      const stored = JSON.parse(readFileSync(path, "utf8")) as object;
      writeFileSync(path, JSON.stringify({ ...stored, [name]: undefined }));
      expect((await resume(run, optionsFor(run))).status).toBe("completed");
      const warnings = eventsOf(journalOf(run), "message").filter(({ level }) => level === "warning");
      expect(warnings).toMatchObject([{ attempt: 2, text: expect.stringContaining(words) }]);
      expect(warnings[0]!.text).toContain(`averaged weights of \`${name}\``);
    },
  );

  it("refuses a finished run", async () => {
    const journal = readFileSync(join(whole, "events.jsonl"));
    await expect(resume(whole, optionsFor(whole))).rejects.toThrow(RunFinishedError);
    expect(readFileSync(join(whole, "events.jsonl"))).toEqual(journal);
  });

  it("refuses changed data and a damaged checkpoint", async () => {
    const squares = join(root, "changing");
    writeSquares(squares, { train: 60, test: 20 });
    const run = newRun();
    const controller = new AbortController();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "step") controller.abort();
    };
    const config = configOf({ data: { source: squares, validationFraction: 0.2 } });
    await train(config, optionsFor(run, { signal: controller.signal, onEvent }));

    writeSquares(squares, { train: 61, test: 20 });
    await expect(resume(run, optionsFor(run))).rejects.toThrow(ContentHashMismatchError);

    writeSquares(squares, { train: 60, test: 20 });
    const checkpoint = join(run, "checkpoints/last/checkpoint.safetensors");
    writeFileSync(checkpoint, readFileSync(checkpoint).subarray(0, -100));
    await expect(resume(run, optionsFor(run))).rejects.toThrow(CheckpointCorruptError);
  });
});
