/** What transforms make of some pictures, epoch by epoch: drawn by the loaders' own code, and shown on one sheet. */
import { Rng } from "@convkit/random";
import type { TransformSpec } from "@convkit/schema";
import { describeDrawn, undoNormalize, valuesPerImage, type DrawnParameters } from "@convkit/transforms";
import type { DatasetSplit } from "../dataset-split.js";
import { labelNameAt } from "../label-sets.js";
import { BatchMaker } from "../loading/batch-maker.js";
import { augmentationRng, trainingLoaderRng } from "../loading/loader.js";
import { batchShapeOf } from "../pictures/read-pixels.js";
import { checkSheetSize, drawContactSheet, type ContactSheet, type SheetTile } from "./contact-sheet.js";

export interface PreviewOptions {
  readonly transforms: readonly TransformSpec[];
  /** Of a run: a picture is shown as a run with this seed, and the same data, sees it in that epoch. */
  readonly seed: number;
  readonly classNames: readonly string[];
  /** At most; chosen by the hash of their ids. */
  readonly pictures: number;
  /** As many epochs, each a column. */
  readonly draws: number;
  /** The first of them. */
  readonly firstEpoch: number;
}

export interface PreviewedPicture {
  readonly id: string;
  readonly className: string;
  readonly draws: readonly { readonly epoch: number; readonly drawn: readonly DrawnParameters[] }[];
}

export interface TransformPreview extends ContactSheet {
  /** From top to bottom. */
  readonly pictures: readonly PreviewedPicture[];
}

/**
 * To be asked before a data set is opened: `previewTransforms` says the same once it knows of what size its pictures are.
 * @throws {SheetSizeError} if no sheet has room for so many.
 */
export function checkPreviewSize({ pictures, draws }: Pick<PreviewOptions, "pictures" | "draws">): void {
  checkSheetSize({ rows: pictures, columns: draws + 1 }, []);
}

/**
 * A row for each picture: itself, then what it is in one epoch after another, Normalize undone.
 *
 * @throws {RangeError} if there is nothing to show.
 * @throws {SheetSizeError} if the sheet would have more than 16,000 pixels on an edge, with captions of 12 lines.
 * @throws {TransformModuleError} if a user's transform cannot be loaded.
 * @throws {ShapeError} if a transform cannot take the pictures.
 * @throws {ImageSizeRequiredError} if the pictures differ in size and none was chosen.
 */
export async function previewTransforms(
  split: DatasetSplit,
  { transforms, seed, classNames, pictures, draws, firstEpoch }: PreviewOptions,
): Promise<TransformPreview> {
  if (split.length === 0 || pictures < 1) {
    throw new RangeError(
      `Expected pictures to show. Received: ${Math.min(pictures, split.length)} of the ${split.length} of the ${split.name} split.`,
    );
  }
  const shown = split.take(pictures);
  const count = shown.length;
  const maker = await BatchMaker.create({ source: split.source, transforms, batchTransforms: [] });
  const made = maker.outputShape(count);
  checkSheetSize({ rows: count, columns: draws + 1 }, [batchShapeOf(split.source, count), made]);
  const { images, shape } = await shown.readImages(Array.from(shown.ids.keys()));
  const rng = augmentationRng(trainingLoaderRng(Rng.fromSeed(seed)));
  const columns: PreviewColumn[] = [];
  for (let epoch = firstEpoch; epoch < firstEpoch + draws; epoch++) {
    const out = new Float32Array(count * valuesPerImage(made));
    const drawn: PreviewColumn["drawn"] = [];
    const task = { indices: shown.sourceIndices, repetitions: null, rng, epoch, step: 0 };
    await maker.make(task, out.buffer, (index, parameters) => {
      drawn.push({ transform: nameOf(transforms[index]!), parameters });
    });
    undoNormalize(out, made.channels, transforms);
    columns.push({ epoch, bytes: Uint8ClampedArray.from(out, (value) => 255 * value), drawn });
  }

  const rows = Array.from(shown.ids, (id, i): PreviewedPicture => ({
    id,
    className: shown.labelSets
      ? labelNameAt(shown, i, classNames)
      : (classNames[shown.labels[i]!] ?? String(shown.labels[i])),
    draws: columns.map(({ epoch, drawn }) => ({
      epoch,
      drawn: drawn.map(({ transform, parameters }) => ({ transform, parameters: parameters[i] })),
    })),
  }));
  const tileOf = (bytes: Uint8Array, of: typeof shape, i: number): Omit<SheetTile, "caption"> => {
    const values = valuesPerImage(of);
    return { ...of, pixels: bytes.subarray(i * values, (i + 1) * values) };
  };
  const sheet = await drawContactSheet(
    rows.map((row, i) => [
      { ...tileOf(images, shape, i), caption: [row.className, row.id] },
      ...columns.map(({ bytes, epoch }, column) => ({
        ...tileOf(new Uint8Array(bytes.buffer), made, i),
        caption: [`epoch ${epoch}`, ...row.draws[column]!.drawn.map(describeDrawn)],
      })),
    ]),
  );
  return { ...sheet, pictures: rows };
}

/** All pictures in one epoch. */
interface PreviewColumn {
  readonly epoch: number;
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
  /** One value per picture. */
  readonly drawn: { readonly transform: string; readonly parameters: readonly unknown[] }[];
}

const nameOf = (spec: TransformSpec): string => ("module" in spec ? spec.module : spec.name);
