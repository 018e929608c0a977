/**
 * Trains or resumes a run in a process of its own, to be killed: `train-child.mjs train|resume <folder> <config>`.
 * Says the number of each step.
 */
import "./backend.mjs";
import * as tf from "@tensorflow/tfjs";
import { resume, train } from "../dist/index.js";

const [job, runDirectory, config] = process.argv.slice(2);
const options = {
  home: `${runDirectory}-home`,
  engine: { name: tf.getBackend(), device: "test", threads: 1, versions: {} },
  checkpointEvery: { steps: 3 },
  loaderWorkers: 1,
  onEvent: (event) => event.type === "step" && process.stdout.write(`${event.step}\n`),
};
if (job === "train") await train(JSON.parse(config), { ...options, runDirectory });
else await resume(runDirectory, options);
