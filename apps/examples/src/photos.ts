/** Photographs in one folder per class: `node dist/photos.js <folder> <picture>`; without arguments it draws some. */
import { join } from "node:path";
import { decodeImage } from "@convkit/data";
import { openEngine } from "@convkit/engine";
import { loadClassifier } from "@convkit/models";
import { train } from "@convkit/trainer";
import { drawShapes } from "./draw-shapes.js";

const TARGET_ACCURACY = 0.9;

const [folder = ".convkit/shapes", picture = join(folder, "test/triangle/0.jpg")] = process.argv.slice(2);
if (process.argv.length === 2) await drawShapes(folder);

const engine = await openEngine();
console.log(`${folder} on ${engine.name} (${engine.device})`);

const { report, directory } = await train(
  {
    // Photographs differ in size: they are brought to one, [height, width], as they are read.
    data: { source: folder, imageSize: [32, 32], validationFraction: 0.2 },
    model: { name: "simple-cnn" },
    learningRate: 0.05,
    batchSize: 16,
    epochs: 12,
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
  `${(accuracy * 100).toFixed(1)} % of ${report?.testCount} test pictures; see ${directory}/report.html`,
);

// The folder model/ is all that a program needs to tell what is on a picture.
const classifier = await loadClassifier(join(directory, "model"));
const probabilities = await classifier.predict([await decodeImage(picture, { channels: 3 })]);
console.log(picture);
classifier.card.classNames.forEach((name, i) => console.log(`  ${name} ${probabilities[i]?.toFixed(3)}`));

if (accuracy < TARGET_ACCURACY) {
  console.error(`Expected an accuracy of at least ${TARGET_ACCURACY}. Received: ${accuracy}.`);
  process.exitCode = 1;
}
