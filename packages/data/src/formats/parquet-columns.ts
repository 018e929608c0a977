/**
 * Which columns of a Parquet file are pictures and labels, as `datasets` of Hugging Face writes them: a struct of `bytes`
 * and `path` (https://huggingface.co/docs/datasets/about_dataset_features#image-feature), and numbers whose names stand in
 * the file's metadata (#dataset-features, ClassLabel).
 */
import { parquetSchema, type FileMetaData, type SchemaTree } from "hyparquet";
import { z } from "zod";
import { DatasetFormatError } from "./dataset-format-error.js";

export interface ParquetColumns {
  readonly image: string;
  /** Whether its bytes are a field of it. */
  readonly isStruct: boolean;
  readonly label: string;
  /** Index = number; null: none are told. */
  readonly classNames: readonly string[] | null;
}

const IMAGE_NAMES = ["image", "img"];
/** In the order in which they are looked for. */
const LABEL_NAMES = ["label", "labels", "fine_label"];

const HuggingFace = z.object({
  info: z.object({ features: z.record(z.string(), z.unknown()) }),
});
const ClassLabel = z.object({ _type: z.literal("ClassLabel"), names: z.array(z.string()) });

/** @throws {DatasetFormatError} if there is no such column, or several and nothing says which. */
export function chooseColumns(file: string, metadata: FileMetaData): ParquetColumns {
  const columns = parquetSchema(metadata).children;
  const image = chooseImage(file, columns);
  const features = readFeatures(file, metadata);
  const label = chooseLabel(
    file,
    columns.filter((column) => column !== image),
    features,
  );
  return {
    image: image.element.name,
    isStruct: image.children.length > 0,
    label,
    classNames: features.get(label) ?? null,
  };
}

function chooseImage(file: string, columns: readonly SchemaTree[]): SchemaTree {
  const structs = columns.filter(({ children }) =>
    children.some((child) => nameOf(child) === "bytes" && isBinary(child)),
  );
  const candidates =
    structs.length > 0
      ? structs
      : columns.filter((column) => IMAGE_NAMES.includes(nameOf(column)) && isBinary(column));
  const [first, ...others] = candidates;
  const named = candidates.filter((column) => IMAGE_NAMES.includes(nameOf(column)));
  if (first !== undefined && others.length === 0) return first;
  if (named.length === 1) return named[0] as SchemaTree;
  const pathOnly = columns.find(({ children }) => children.some((child) => nameOf(child) === "path"));
  if (first === undefined && pathOnly !== undefined) throw onlyPaths(file, nameOf(pathOnly), null);
  throw new DatasetFormatError(
    `Expected one column of pictures in ${file}: a struct with bytes, or binary and named image or img. Received: ` +
      `${first === undefined ? listed(columns) : `several, ${listed(candidates)}`}. Leave one, or name it image.`,
  );
}

/** @param example of a path. */
export function onlyPaths(file: string, column: string, example: string | null): DatasetFormatError {
  return new DatasetFormatError(
    `Expected the bytes of pictures in column ${column} of ${file}. Received: only their paths` +
      `${example === null ? "" : `, such as ${example}`}. Write the file with the pictures in it (Dataset.push_to_hub ` +
      "of `datasets` does), or a manifest (.csv) with the paths and labels.",
  );
}

function chooseLabel(
  file: string,
  columns: readonly SchemaTree[],
  features: ReadonlyMap<string, readonly string[]>,
): string {
  const candidates = columns.filter((column) => isInteger(column) || isText(column));
  const names = candidates.map(nameOf);
  const named = LABEL_NAMES.find((name) => names.includes(name));
  if (named !== undefined) return named;
  const withNames = names.filter((name) => features.has(name));
  for (const [only, ...others] of [withNames, names]) {
    if (only !== undefined && others.length === 0) return only;
  }
  const unfit = columns.find((column) => LABEL_NAMES.includes(nameOf(column)));
  if (unfit !== undefined) {
    throw new DatasetFormatError(
      `Expected integers or texts (INT32, INT64 or STRING) as labels in column ${nameOf(unfit)} of ${file}. Received: ` +
        `${typeOf(unfit)}. Write it as one of these, or give another column that name.`,
    );
  }
  throw new DatasetFormatError(
    `Expected one column of labels in ${file}: integers or texts, named ${LABEL_NAMES.join(", ")} or alone beside the ` +
      `pictures. Received: ${names.length > 1 ? `several, ${listed(candidates)}` : listed(columns) || "none"}. ` +
      "Name it label.",
  );
}

/** Names of classes by column. */
function readFeatures(file: string, metadata: FileMetaData): Map<string, readonly string[]> {
  const text = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  if (text === undefined) return new Map();
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch (cause) {
    throw new DatasetFormatError(
      `Expected JSON as "huggingface" in the metadata of ${file}. Received: ${text.slice(0, 80)}.`,
      { cause },
    );
  }
  const features = HuggingFace.safeParse(told).data?.info.features ?? {};
  return new Map(
    Object.entries(features).flatMap(([column, feature]) => {
      const names = ClassLabel.safeParse(feature).data?.names;
      return names === undefined ? [] : [[column, names] as const];
    }),
  );
}

const nameOf = ({ element }: SchemaTree): string => element.name;
const listed = (columns: readonly SchemaTree[]): string => columns.map(nameOf).join(", ");

function typeOf({ children, element }: SchemaTree): string {
  const { type, converted_type, logical_type } = element;
  return logical_type?.type ?? converted_type ?? type ?? (children.length > 0 ? "a struct" : "none");
}

function isLeaf({ children, element }: SchemaTree): boolean {
  return children.length === 0 && element.repetition_type !== "REPEATED";
}

function isText(column: SchemaTree): boolean {
  const { type, converted_type, logical_type } = column.element;
  const isString = converted_type === "UTF8" || logical_type?.type === "STRING";
  return isLeaf(column) && type === "BYTE_ARRAY" && isString;
}

function isBinary(column: SchemaTree): boolean {
  return isLeaf(column) && column.element.type === "BYTE_ARRAY" && !isText(column);
}

function isInteger(column: SchemaTree): boolean {
  const { type, converted_type, logical_type } = column.element;
  const isPlain = converted_type === undefined || /^U?INT_/.test(converted_type);
  const isCount = logical_type === undefined || logical_type.type === "INTEGER";
  return isLeaf(column) && (type === "INT32" || type === "INT64") && isPlain && isCount;
}
