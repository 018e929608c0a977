/** Photographs of ten kinds of things: CIFAR-10 with augmentation, label smoothing and a network that learns fast. */
import { openEngine } from "@convkit/engine";
import { train } from "@convkit/trainer";

const TARGET_ACCURACY = 0.74;
const CIFAR10_PIXELS = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };

const engine = await openEngine();
console.log(`CIFAR-10 on ${engine.name} (${engine.device})`);

const { report, directory } = await train(
  {
    // A part of the 50,000 photographs keeps this short; leave `limit` out for all of them.
    data: { source: "cifar10", limit: { train: 12_000, validation: 1_000, test: 2_000 } },
    transforms: {
      train: [
        { name: "RandomCrop", size: [32, 32], padding: 2, paddingMode: "reflect" },
        "RandomHorizontalFlip",
        { name: "Normalize", ...CIFAR10_PIXELS },
      ],
      evaluation: [{ name: "Normalize", ...CIFAR10_PIXELS }],
    },
    model: { name: "airbench94", options: { filters: [32, 128, 128] } },
    loss: { name: "cross-entropy", labelSmoothing: 0.2 },
    optimizer: { name: "sgd", momentum: 0.9, weightDecay: 5e-4 },
    schedule: { name: "one-cycle", pctStart: 0.25, anneal: "linear" },
    learningRate: 0.5,
    batchSize: 64,
    epochs: 3,
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
  `${(accuracy * 100).toFixed(1)} % of ${report?.testCount} test photographs; see ${directory}/report.html`,
);
if (accuracy < TARGET_ACCURACY) {
  console.error(`Expected an accuracy of at least ${TARGET_ACCURACY}. Received: ${accuracy}.`);
  process.exitCode = 1;
}
