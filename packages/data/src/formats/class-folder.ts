/** One folder per class with picture files in it, under train/, val/ and test/ or without: how photos usually lie. */
import type { PictureIndexOptions } from "../pictures/picture-index.js";
import { nameSome } from "../name-some.js";
import type { DatasetParts } from "./dataset-parts.js";
import { listPictures, type ListedPicture } from "./list-pictures.js";
import { readPictureFiles } from "./picture-files.js";
import { foldersOf } from "./split-folders.js";

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
            `${emptyClasses.length.toLocaleString("en-US")} class ${folders} without a picture ${isAre} left out: ${nameSome(emptyClasses)}`,
          ]
        : []),
      ...warnOfNesting(pictures),
    ],
  };
}

/** `north/cat`, `north/dog`, `south/cat`, `south/dog`: which level names the classes is the user's to know. */
function warnOfNesting(pictures: readonly ListedPicture[]): string[] {
  const classesByInner = new Map<string, Set<string>>();
  for (const { className, path } of pictures) {
    const folders = foldersOf(path);
    const inner = folders[folders.indexOf(className) + 1];
    if (inner === undefined) continue;
    classesByInner.set(inner, (classesByInner.get(inner) ?? new Set()).add(className));
  }
  const shared = [...classesByInner].filter(([, classes]) => classes.size > 1);
  if (shared.length < 2) return [];
  const classes = new Set(shared.flatMap(([, names]) => [...names]));
  return [
    `Folders of the same names, ${nameSome(shared.map(([name]) => name))}, lie in several class folders, ${nameSome([...classes])}: ` +
      "what lies at the top counts as the class; if it is the inner ones, move them there",
  ];
}
