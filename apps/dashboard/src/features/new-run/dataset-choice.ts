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

/** Who is in which split of it; a run would refuse another list than that of the hash beside it. */
const SPLITS: Path = ["data", "splits"];
const SPLITS_HASH: Path = ["data", "splitsHash"];
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
 * @param base of the run that is repeated: its source brings back its hash.
 */
export function withSource(
  config: JsonObject,
  { source, contentHash }: { source: Json | undefined; contentHash?: string | undefined },
  base: JsonObject | null,
): JsonObject {
  const isAsBefore = base !== null && sameJson(source, valueAt(base, SOURCE));
  const hash = contentHash ?? (isAsBefore ? valueAt(base, CONTENT_HASH) : undefined);
  return withValueAt(withValueAt(config, SOURCE, source), CONTENT_HASH, hash);
}

/** The config with another list of splits, and its hash where it is that of the run that is repeated. */
export function withSplits(
  config: JsonObject,
  splits: Json | undefined,
  base: JsonObject | null,
): JsonObject {
  const isAsBefore = base !== null && splits !== undefined && sameJson(splits, valueAt(base, SPLITS));
  const hash = isAsBefore ? valueAt(base, SPLITS_HASH) : undefined;
  return withValueAt(withValueAt(config, SPLITS, splits), SPLITS_HASH, hash);
}
