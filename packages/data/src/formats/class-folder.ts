/** One folder per class with picture files in it, under train/, val/ and test/ or without: how photos usually lie. */
import type { PictureIndexOptions } from "../pictures/picture-index.js";
import type { DatasetParts } from "./dataset-parts.js";
import { listPictures } from "./list-pictures.js";
import { readPictureFiles } from "./picture-files.js";

/**
 * Class names are the folders' names, sorted by code unit.
 * @returns null if no file lies where a class's picture would.
 */
export async function readClassFolder(
  folder: string,
  options: PictureIndexOptions,
): Promise<DatasetParts | null> {
  const { pictures, badFiles, emptyClasses } = await listPictures(folder);
  if (pictures.length === 0) return null;
  const parts = await readPictureFiles(folder, { pictures, badFiles, indexedAs: folder }, options);
  const [isAre, folders] = emptyClasses.length === 1 ? ["is", "folder"] : ["are", "folders"];
  return {
    ...parts,
    warnings: [
      ...parts.warnings,
      ...(emptyClasses.length > 0
        ? [
            `${emptyClasses.length} class ${folders} without a picture ${isAre} left out: ${emptyClasses.join(", ")}`,
          ]
        : []),
    ],
  };
}
