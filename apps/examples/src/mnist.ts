/** Handwritten digits: MNIST, fetched on the first run, and a network of the registry. */
import { openEngine } from "@convkit/engine";
import { train } from "@convkit/trainer";

const TARGET_ACCURACY = 0.97;

const engine = await openEngine();
console.log(`MNIST on ${engine.name} (${engine.device})`);

const { report, directory } = await train(
  {
    // A part of the 60,000 digits keeps this short; leave `limit` out for all of them.
    data: { source: "mnist", limit: { train: 8_000, validation: 1_000, test: 4_000 } },
    model: "simple-cnn",
    learningRate: 0.1,
    batchSize: 64,
    epochs: 2,
  },
  {
    home: ".convkit",
    engine,
    onEvent(event) {
      if (event.type === "epochEnded") console.log(`epoch ${event.epoch}:`, event.logs);
    },
  },
);

const accuracy = report?.accuracy ?? 0;
console.log(
  `${(accuracy * 100).toFixed(2)} % of ${report?.testCount} test digits; see ${directory}/report.html`,
);
if (accuracy < TARGET_ACCURACY) {
  console.error(`Expected an accuracy of at least ${TARGET_ACCURACY}. Received: ${accuracy}.`);
  process.exitCode = 1;
}
