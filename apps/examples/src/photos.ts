/** Photographs in one folder per class: `node photos.js <folder> <picture>`; without arguments it writes some first. */
import { join } from "node:path";
import { decodeImage, decodeOptionsOf } from "@convkit/data";
import { openEngine } from "@convkit/engine";
import { loadClassifier } from "@convkit/models";
import { train } from "@convkit/trainer";
import { writePhotos } from "./write-photos.js";

const TARGET_ACCURACY = 0.65;
const HOME = ".convkit";

const [folder = join(HOME, "photos"), picture = join(folder, "frog/0.png")] = process.argv.slice(2);
if (process.argv.length === 2) await writePhotos(folder, HOME);

const engine = await openEngine();
console.log(`${folder} on ${engine.name} (${engine.device})`);

const { report, directory } = await train(
  {
    // Photographs differ in size: they are brought to one, [height, width], as they are read. There is no folder of
    // test pictures, so a part is held back, chosen by the hash of each file's path, and so are validation pictures.
    data: { source: folder, imageSize: [32, 32], testFraction: 0.2, validationFraction: 0.1 },
    model: "simple-cnn",
    learningRate: 0.05,
    batchSize: 32,
    epochs: 10,
  },
  {
    home: HOME,
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

// The folder model/ is all that a program needs to tell what is on a picture.
const classifier = await loadClassifier(join(directory, "model"));
const decoded = await decodeImage(picture, decodeOptionsOf(classifier.card));
const probabilities = await classifier.predict([decoded]);
console.log(picture);
classifier.card.classNames.forEach((name, i) => console.log(`  ${name} ${probabilities[i]?.toFixed(3)}`));

if (accuracy < TARGET_ACCURACY) {
  console.error(`Expected an accuracy of at least ${TARGET_ACCURACY}. Received: ${accuracy}.`);
  process.exitCode = 1;
}
