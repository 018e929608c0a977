/**
 * Trains or resumes a run in a process of its own, to be killed: `node --import @convkit/vitest-config/open-backend
 * train-child.mjs train|resume <folder> <config> <step>`. Says the number of each step, and
 * after that one does nothing more until its input ends.
 */
import { readSync, writeSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { resume, train } from "../dist/index.js";

const [job, runDirectory, config, lastStep] = process.argv.slice(2);
const options = {
  home: `${runDirectory}-home`,
  engine: { name: tf.getBackend(), device: "test", threads: 1, versions: {} },
  checkpointEvery: { steps: 3 },
  loaderWorkers: 1,
  onEvent({ type, step }) {
    if (type !== "step") return;
    writeSync(1, `${step}\n`);
    if (String(step) === lastStep) readSync(0, Buffer.alloc(1));
  },
};
if (job === "train") await train(JSON.parse(config), { ...options, runDirectory });
else await resume(runDirectory, options);
