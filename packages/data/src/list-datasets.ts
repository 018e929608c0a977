/** The registered data sets, for people and menus. */
import { NAMED_DATASETS, type NamedDataset } from "./fetching/named-datasets.js";

export type DatasetInfo = Pick<
  NamedDataset,
  "name" | "description" | "homepage" | "license" | "classNames" | "imageShape" | "counts"
>;

export function listDatasets(): DatasetInfo[] {
  return Object.values(NAMED_DATASETS).map(
    ({ name, description, homepage, license, classNames, imageShape, counts }) => ({
      name,
      description,
      homepage,
      license,
      classNames,
      imageShape,
      counts,
    }),
  );
}
