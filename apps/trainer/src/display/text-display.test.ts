/** What a person sees of a run, on a terminal of a test's own. */
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { RunConfig, type TrainEvent } from "@convkit/schema";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { envelope, STARTED } from "../fixtures/started-event.js";
import { createTextDisplay } from "./text-display.js";

function step(number: number, logs: { loss: number; accuracy: number }): TrainEvent {
  const epoch = Math.ceil(number / 10);
  return {
    ...envelope,
    timestamp: number * 6000,
    type: "step",
    epoch,
    step: number,
    logs,
    imagesPerSecond: 5289.6,
  };
}

function terminal() {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 120, rows: 24 });
  const colors = picocolors.createColors(false);
  const display = createTextDisplay({ stdout, stderr: stdout, colors, home: "/home" });
  const say = (event: TrainEvent): void => display.message({ type: "event", event });
  return { display, say, shown: () => stripVTControlCharacters(String(stdout.read() ?? "")) };
}

it("shows a bar with images per second, loss, accuracy and the time left", () => {
  const { say, shown } = terminal();
  say(STARTED);
  say(step(5, { loss: 2.25, accuracy: 0.25 }));
  expect(shown()).toContain(`epoch 1/2 ${"━".repeat(24)} 25 %  5290 img/s  loss 2.250  accuracy 25.0 %`);
});

it("estimates the time left once two steps were seen", () => {
  const { display, say, shown } = terminal();
  say(STARTED);
  say(step(5, { loss: 3, accuracy: 0.25 }));
  shown();
  say(step(6, { loss: 1, accuracy: 0.75 }));
  // A status that comes too soon is kept and drawn under the next line.
  display.note("a line");
  // 14 steps of 6 s; the means of two steps.
  expect(shown()).toMatch(
    /a line\nepoch 1\/2 ━+ 30 % {2}5290 img\/s {2}loss 2\.000 {2}accuracy 50\.0 % {2}1 min 24 s left/,
  );
});

it("shows what is left of a time budget", () => {
  const { display, say, shown } = terminal();
  if (STARTED.type !== "runStarted") throw new Error("Expected the beginning of a run.");
  say({ ...STARTED, config: { ...STARTED.config, timeBudget: 1.5 } });
  say(step(5, { loss: 3, accuracy: 0.25 }));
  say(step(6, { loss: 1, accuracy: 0.75 }));
  display.note("a line");
  // 36 of 90 s are over.
  expect(shown()).toMatch(/epoch 1\/2 ━+ 40 % .* {2}54 s left of 1 min 30 s/);
});

it("says of a run that goes on how far it had come, within an epoch too", () => {
  const { say, shown } = terminal();
  say({ ...envelope, timestamp: 0, type: "resumed", fromStep: 68, fromEpoch: 4 });
  expect(shown()).toContain("resume  from step 68, 4 epochs done\n");
});

it("says at the beginning what is done to pictures, one transform a line", () => {
  const { say, shown } = terminal();
  const train = [{ name: "RandomCrop", size: [8, 8], padding: 1 }, "RandomHorizontalFlip"];
  const transforms = { train, batch: ["MixUp", { name: "CutMix", alpha: 0.5 }], evaluation: [] };
  const config = RunConfig.parse({ data: { source: "x" }, model: "y", transforms });
  if (STARTED.type !== "runStarted") throw new Error("Expected the beginning of a run.");
  say({ ...STARTED, config });
  expect(shown()).toContain(
    "augment RandomCrop(size=[8, 8], padding=1)\n" +
      "        RandomHorizontalFlip()\n" +
      "        whole batches: MixUp() or CutMix(alpha=0.5)\n",
  );
});

it("says how long epochs waited for data where it is long, and once what would help", () => {
  const { say, shown } = terminal();
  const logs = { loss: 1, accuracy: 0.5 };
  const ended = (epoch: number, dataWaitMs?: number) => {
    const event = {
      ...envelope,
      timestamp: epoch,
      type: "epochEnded",
      epoch,
      step: epoch * 10,
      logs,
    } as const;
    say({ ...event, durationMs: 10_000, ...(dataWaitMs !== undefined && { dataWaitMs }) });
    return shown();
  };
  expect(ended(1, 5000)).toMatch(/10 s, 50 % waiting for data\n$/);
  expect(ended(2, 1000)).not.toContain("waiting");
  expect(ended(3, 1500)).toMatch(
    /10 s, 15 % waiting for data\n +Pictures come more slowly.*loaderWorkers\.\n$/s,
  );
  expect(ended(4, 1500)).toMatch(/15 % waiting for data\n$/);
  expect(ended(5)).not.toContain("waiting");
});
