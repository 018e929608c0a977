/** Cards of the data sets that the seeded runs learnt from. */
import { createHash } from "node:crypto";
import { DatasetCard } from "@convkit/schema";

export type DatasetName = "cifar10" | "fashion-mnist";

const CLASSES = {
  cifar10: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
  "fashion-mnist": [
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "boot",
  ],
};

export const TEST_PICTURES = 1000;

export function cardOf(name: DatasetName): DatasetCard {
  const classNames = CLASSES[name];
  const split = (perClass: number) => ({
    count: perClass * classNames.length,
    perClass: classNames.map((_, index) => perClass + ((index * 37) % 23) - 11),
  });
  return DatasetCard.parse({
    formatVersion: 1,
    name,
    source: name,
    contentHash: createHash("sha256").update(name).digest("hex"),
    classNames,
    imageShape: name === "cifar10" ? [32, 32, 3] : [28, 28, 1],
    splits: { train: split(4500), validation: split(500), test: split(TEST_PICTURES / classNames.length) },
    mean: name === "cifar10" ? [0.4914, 0.4822, 0.4465] : [0.286],
    std: name === "cifar10" ? [0.247, 0.2435, 0.2616] : [0.353],
  });
}

export const pictureId = (index: number) => `test/${String(index).padStart(5, "0")}.png`;
