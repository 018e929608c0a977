import { expect, it } from "vitest";
import { film, pictures } from "../../test/grey-prints.js";
import { findDuplicates, type ComparedPicture } from "./find-duplicates.js";

it("counts frames of one film in all splits, whichever of them stands for the others", async () => {
  // 400 pictures, then 30 frames in each split, and one file that is in the training and in the test pictures.
  const splits = ["train", "validation", "test"];
  const compared: ComparedPicture[] = [
    ...Array.from({ length: 400 }, (_, i) => ({ id: `other ${i}`, split: "train", className: "other" })),
    ...splits.flatMap((split) =>
      Array.from({ length: 30 }, (_, i) => ({ id: `${split} ${i}`, split, className: "film" })),
    ),
  ];
  // Of pictures in pairs every second one strays from the one before: the first of each are all different.
  const others = pictures(800, 3);
  const grey = Buffer.concat([
    ...Array.from({ length: 400 }, (_, i) => others.subarray(2 * i * 1024, (2 * i + 1) * 1024)),
    film(90, { seed: 9, stray: 5 }),
  ]);
  const sha256 = compared.map(({ id }) => (id === "test 29" ? "train 29" : id));
  grey.copyWithin(489 * 1024, 429 * 1024, 430 * 1024);
  const { groups, leakage, duplicates } = await findDuplicates(
    compared,
    { sha256, grey },
    { minSimilarity: 0.95 },
  );
  expect(groups).toHaveLength(1);
  expect([...groups[0]!].sort((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, i) => 400 + i));
  expect(duplicates).toMatchObject({ groupCount: 1, pictureCount: 89 });
  expect(leakage).toEqual([
    { split: "validation", into: "train", exact: 0, near: 30 },
    { split: "test", into: "train", exact: 1, near: 29 },
    { split: "test", into: "validation", exact: 0, near: 30 },
  ]);
});
