/** What a data set is, without its pixels: sizes, classes, and how many pictures of each every split has. */
import { describeDecoding } from "@convkit/schema/describe-decoding";
import { Card, CopyButton, formatMetric, KeyValueList, type KeyValue } from "@convkit/ui";
import type { ReactNode } from "react";
import type { DatasetCard } from "../../trpc/context";

const CHOSEN_BY = { hash: "by the hash of the ids", stratified: "by class, in exact shares" } as const;

const SPLITS = ["train", "validation", "test"];

export function DatasetFacts({ card, more = [] }: { card: DatasetCard; more?: readonly KeyValue[] }) {
  const channels = (values: readonly number[] | undefined) =>
    values?.map((value) => value.toFixed(4)).join(", ");
  const heldBack = Object.entries(card.splits).flatMap(([name, { chosenBy }]) =>
    chosenBy ? [`${name} held back ${CHOSEN_BY[chosenBy]}`] : [],
  );
  const decoded = describeDecoding(card);
  const items: KeyValue[] = [
    { key: "name", label: "Name", value: card.name },
    { key: "source", label: "Opened from", value: card.source, mono: true },
    {
      key: "hash",
      label: "Content hash",
      value: (
        <span className="flex items-center gap-1">
          <span className="min-w-0 truncate">{card.contentHash}</span>
          <CopyButton text={card.contentHash} label="Copy the content hash" />
        </span>
      ),
      mono: true,
    },
    {
      key: "shape",
      label: "Pictures",
      value: card.imageShape ? card.imageShape.join(" × ") : "of several sizes",
    },
    ...(decoded === null
      ? []
      : [{ key: "decoding", label: "Brought to a size", value: decoded.replace(/^to /, "") }]),
    ...(heldBack.length > 0 ? [{ key: "split", label: "Split", value: heldBack.join("; ") }] : []),
    { key: "classes", label: "Classes", value: formatMetric(card.classNames.length) },
    ...(card.mean ? [{ key: "mean", label: "Mean", value: channels(card.mean), mono: true }] : []),
    ...(card.std ? [{ key: "std", label: "Deviation", value: channels(card.std), mono: true }] : []),
    ...more,
  ];
  return (
    <Card title="Card">
      <KeyValueList items={items} columns={2} />
      {card.badFiles.length > 0 && <BadFiles card={card} />}
      {card.warnings.map((warning) => (
        <p key={warning} className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {warning}
        </p>
      ))}
    </Card>
  );
}

function BadFiles({ card: { badFiles, badFileCount = badFiles.length } }: { card: DatasetCard }) {
  return (
    <details className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
      <summary className="cursor-pointer">
        {badFileCount.toLocaleString("en")} {badFileCount === 1 ? "file" : "files"} left out
      </summary>
      <ul className="mt-2 flex max-h-60 flex-col gap-1 overflow-y-auto font-mono text-xs">
        {badFiles.map(({ path, reason }, index) => (
          <li key={index}>
            {path}: {reason}
          </li>
        ))}
        {badFileCount > badFiles.length && (
          <li>
            and {(badFileCount - badFiles.length).toLocaleString("en")} more: convkit data inspect --json
          </li>
        )}
      </ul>
    </details>
  );
}

/** A row a class, a bar a split; the longest bar is the largest class of its split. */
export function ClassCounts({ card, nameOf }: { card: DatasetCard; nameOf?: (index: number) => ReactNode }) {
  const splits = Object.entries(card.splits).sort(([a], [b]) => SPLITS.indexOf(a) - SPLITS.indexOf(b));
  const largest = splits.map(([, { perClass }]) => Math.max(1, ...perClass));
  return (
    <Card
      title="Pictures by class"
      detail={splits.map(([name, { count }]) => `${name} ${count.toLocaleString("en")}`).join(", ")}
      flush
    >
      <div className="max-h-120 overflow-auto" tabIndex={0} role="region" aria-label="Pictures by class">
        <table className="w-full min-w-120 border-separate border-spacing-0 text-left text-xs">
          <thead>
            <tr>
              <th scope="col" className={headClasses}>
                Class
              </th>
              {splits.map(([name]) => (
                <th key={name} scope="col" className={headClasses}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {card.classNames.map((name, index) => (
              <tr key={index}>
                <th
                  scope="row"
                  className="max-w-40 truncate border-b border-line px-4 py-1 font-medium text-ink"
                >
                  {nameOf?.(index) ?? name}
                </th>
                {splits.map(([split, { perClass }], column) => (
                  <td key={split} className="border-b border-line px-4 py-1">
                    <span className="flex items-center gap-2">
                      <span className="w-12 text-right font-mono text-ink tabular-nums">
                        {(perClass[index] ?? 0).toLocaleString("en")}
                      </span>
                      <svg
                        viewBox="0 0 100 4"
                        preserveAspectRatio="none"
                        className="h-1 w-10 flex-1"
                        aria-hidden="true"
                      >
                        <rect width="100" height="4" className="fill-line" />
                        <rect
                          width={((perClass[index] ?? 0) / (largest[column] ?? 1)) * 100}
                          height="4"
                          className="fill-control"
                        />
                      </svg>
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

const headClasses = "sticky top-0 border-b border-line bg-sunken px-4 py-1.5 font-medium text-ink-2";
