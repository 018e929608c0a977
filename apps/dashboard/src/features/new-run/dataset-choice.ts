/**
 * Which data set a run is to learn from: one that workers know by name, one that lies at some path, or exactly the one of
 * a content hash, which workers fetch from the server where they lack it.
 */
import {
  pathText,
  sameJson,
  valueAt,
  withValueAt,
  type Json,
  type JsonObject,
  type Path,
} from "./json-value";

/** As the record lists it. */
export interface KnownDataset {
  readonly contentHash: string;
  readonly name: string;
  readonly source: string;
  readonly hasPack: boolean;
  /** Of all splits. */
  readonly pictures: number;
}

export interface DatasetChoice {
  /** For `data.source`. */
  readonly text: string;
  readonly detail?: string;
  /** For `data.contentHash`. */
  readonly contentHash?: string;
}

export const SOURCE: Path = ["data", "source"];
export const isSource = (path: Path) => pathText(path) === pathText(SOURCE);

/** Of the data set beside it: a run would refuse another. */
export const CONTENT_HASH: Path = ["data", "contentHash"];

/** Which picture is in which split of it. */
const SPLITS: Path = ["data", "splits"];
/** Of classes, splits and groups: a run would refuse others. */
const ANNOTATIONS_HASH: Path = ["data", "annotationsHash"];
export const isSplits = (path: Path) => pathText(path) === pathText(SPLITS);

/**
 * By source. One whose pictures are on the server is meant by its hash, as often as a path held different pictures;
 * others by their path alone, which a worker has or has not.
 *
 * @param named those that workers download by themselves.
 * @param known newest first.
 */
export function suggestDatasets(
  named: readonly string[],
  known: readonly KnownDataset[],
): readonly DatasetChoice[] {
  const others = known.filter(({ source }) => !named.includes(source));
  const packed = others.filter(({ hasPack }) => hasPack);
  const bare = others
    .map(({ source }) => source)
    .filter((text) => !packed.some(({ source }) => source === text));
  const choices: DatasetChoice[] = [
    ...[...new Set(named)].map((text) => ({ text })),
    ...packed.map((dataset) => ({
      text: dataset.source,
      detail: titleOfDataset(dataset),
      contentHash: dataset.contentHash,
    })),
    ...[...new Set(bare)].map((text) => ({ text, ...(isPath(text) && { detail: "not on the server" }) })),
  ];
  return choices.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

const isPath = (source: string) => /[/\\]/.test(source);

/** `photos, 3f2a91c0b7de` */
const titleOfDataset = ({ name, contentHash }: Pick<KnownDataset, "name" | "contentHash">) =>
  `${name}, ${contentHash.slice(0, 12)}`;

/** What a config's content hash comes to; empty without one. */
export function meaningOfHash(contentHash: Json | undefined, known: readonly KnownDataset[]): string {
  if (typeof contentHash !== "string" || contentHash === "") return "";
  const dataset = known.find((each) => each.contentHash === contentHash);
  if (!dataset) return `Exactly the pictures with the content hash ${contentHash.slice(0, 12)}.`;
  const title = titleOfDataset(dataset);
  return dataset.hasPack
    ? `Exactly ${title}: a worker that lacks it fetches it from the server.`
    : `Exactly ${title}: only a worker that has it can train on it.`;
}

/**
 * The config with another source and the content hash that goes with it.
 * @param base of the run that is repeated: its source brings back its hashes.
 */
export function withSource(
  config: JsonObject,
  { source, contentHash }: { source: Json | undefined; contentHash?: string | undefined },
  base: JsonObject | null,
): JsonObject {
  const isAsBefore = base !== null && sameJson(source, valueAt(base, SOURCE));
  const hash = contentHash ?? (isAsBefore ? valueAt(base, CONTENT_HASH) : undefined);
  return withAnnotations(withValueAt(withValueAt(config, SOURCE, source), CONTENT_HASH, hash), base);
}

/** The config with another list of splits; that of the run that is repeated brings back its hash. */
export function withSplits(
  config: JsonObject,
  splits: Json | undefined,
  base: JsonObject | null,
): JsonObject {
  return withAnnotations(withValueAt(config, SPLITS, splits), base);
}

/** They are those of the run that is repeated only where all is that makes them. */
function withAnnotations(config: JsonObject, base: JsonObject | null): JsonObject {
  const isAsBefore = [SOURCE, CONTENT_HASH, SPLITS].every(
    (path) => base !== null && sameJson(valueAt(config, path), valueAt(base, path)),
  );
  return withValueAt(
    config,
    ANNOTATIONS_HASH,
    isAsBefore && base ? valueAt(base, ANNOTATIONS_HASH) : undefined,
  );
}
