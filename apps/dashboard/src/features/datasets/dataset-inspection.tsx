/** What looking at all pictures of a data set has found: what judges and was learnt, what is there twice, and all sizes. */
"use client";
import { Badge, Button, Card, EmptyState, formatMetric, type KeyValue, KeyValueList } from "@convkit/ui";
import { useState } from "react";
import type { DatasetInspection } from "../../trpc/context";
import { PictureDialog, type ShownPicture } from "../pictures/picture-dialog";
import { thumbnailUrl } from "../shell/links";
import { describeJudgedSplits } from "./describe-judged-splits";

const GROUPS_AT_FIRST = 8;
const GROUPS_MORE = 40;

type Group = DatasetInspection["duplicates"]["groups"][number];
type Copy = Group["pictures"][number];

export function DatasetInspectionView({ inspection }: { inspection: DatasetInspection | null }) {
  if (inspection === null) {
    return (
      <Card title="Copies and leakage">
        <EmptyState
          className="py-8"
          title="Nobody has looked at all pictures yet"
          description="A worker that has the data set compares them once; so does convkit data add."
        />
      </Card>
    );
  }
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <Copies inspection={inspection} />
      <Sizes sizes={inspection.sizes} />
    </div>
  );
}

function Copies({ inspection }: { inspection: DatasetInspection }) {
  const { card, duplicates } = inspection;
  const [count, setCount] = useState(GROUPS_AT_FIRST);
  const [shown, setShown] = useState<ShownPicture | null>(null);
  const judged = describeJudgedSplits(inspection);
  const { groups, groupCount, pictureCount, conflictCount, minSimilarity } = duplicates;
  return (
    <Card
      title="Copies and leakage"
      detail={
        groupCount === 0
          ? "none"
          : `${counted(groupCount, "group", "groups")}, similarity from ${minSimilarity}`
      }
    >
      <Leakage inspection={inspection} />
      {judged !== null && <p className="mb-3 text-sm text-ink-2">{judged}</p>}
      {groupCount === 0 ? (
        <p className="text-sm text-ink-2">No two pictures are the same or show nearly the same.</p>
      ) : (
        <>
          <p className="text-sm text-ink-2">
            {counted(pictureCount, "picture", "pictures")} could be done without.
            {conflictCount > 0 &&
              ` In ${counted(conflictCount, "group", "groups")} labels disagree: the same picture under two classes.`}
          </p>
          <ul className="mt-3 flex flex-col gap-3" aria-label="Groups of copies">
            {groups.slice(0, count).map((group, index) => (
              <li key={index}>
                <CopyGroup group={group} datasetHash={card.contentHash} onOpen={setShown} />
              </li>
            ))}
          </ul>
          {count < groups.length && (
            <Button className="mt-3" size="sm" onClick={() => setCount(count + GROUPS_MORE)}>
              Show more
            </Button>
          )}
          {count >= groups.length && groups.length < groupCount && (
            <p className="mt-3 text-xs text-ink-3">
              And {counted(groupCount - groups.length, "group", "groups")} more, which{" "}
              <code className="font-mono">convkit data inspect --json</code> lists.
            </p>
          )}
        </>
      )}
      <PictureDialog picture={shown} onClose={() => setShown(null)} />
    </Card>
  );
}

function Leakage({ inspection: { leakage, card } }: { inspection: DatasetInspection }) {
  const leaking = leakage.filter(({ exact, near }) => exact + near > 0);
  if (leaking.length === 0) return null;
  return (
    <div role="note" className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
      <ul>
        {leaking.map(({ split, into, exact, near }) => (
          <li key={`${split} ${into}`}>
            {formatMetric(exact)} exactly and {formatMetric(near)} nearly of{" "}
            {formatMetric(card.splits[split]?.count ?? 0)} {split} pictures are in {into} as well.
          </li>
        ))}
      </ul>
      <p className="mt-1">What is judged on pictures that were learnt from looks better than it is.</p>
    </div>
  );
}

interface CopyGroupProps {
  group: Group;
  datasetHash: string;
  onOpen: (picture: ShownPicture) => void;
}

function CopyGroup({ group, datasetHash, onOpen }: CopyGroupProps) {
  const left = group.count - group.pictures.length;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {group.pictures.map((picture) => (
        <CopyTile
          key={picture.id}
          picture={picture}
          src={thumbnailUrl(datasetHash, picture.id)}
          onOpen={onOpen}
        />
      ))}
      {left > 0 && <span className="text-xs text-ink-3">and {formatMetric(left)} more</span>}
      <span className="flex flex-col items-start gap-1">
        {group.isLeak && <Badge tone="warn">in several splits</Badge>}
        {group.isConflict && <Badge tone="bad">labels disagree</Badge>}
        {group.kind === "exact" && <Badge>the same file</Badge>}
      </span>
    </div>
  );
}

function CopyTile({
  picture,
  src,
  onOpen,
}: {
  picture: Copy;
  src: string;
  onOpen: (picture: ShownPicture) => void;
}) {
  const [isMissing, setMissing] = useState(false);
  const { id, split, className, similarity } = picture;
  const facts: KeyValue[] = [
    { key: "split", label: "Split", value: split },
    { key: "class", label: "Class", value: className },
    { key: "similarity", label: "Similarity to the first", value: formatMetric(similarity, { digits: 3 }) },
  ];
  return (
    <button
      type="button"
      className="w-20 text-left text-2xs text-ink-2"
      onClick={() => onOpen({ id, src: isMissing ? null : src, title: className, facts })}
    >
      <span className="block size-20 overflow-hidden rounded-sm bg-sunken">
        {!isMissing && (
          <img
            src={src}
            alt=""
            loading="lazy"
            decoding="async"
            onError={() => setMissing(true)}
            className="size-full object-cover"
          />
        )}
      </span>
      <span className="block truncate">{className}</span>
      <span className="block truncate text-ink-3">{split}</span>
      <span className="sr-only">{id}</span>
    </button>
  );
}

function Sizes({ sizes }: { sizes: DatasetInspection["sizes"] }) {
  const spread = ({ min, median, max }: { min: number; median: number; max: number }) =>
    min === max
      ? formatMetric(min)
      : `${formatMetric(min)} to ${formatMetric(max)}, median ${formatMetric(median)}`;
  const frequent = sizes.mostFrequent
    .slice(0, 3)
    .map(({ height, width, count }) => `${height} × ${width} (${formatMetric(count)})`)
    .join(", ");
  return (
    <Card title="Sizes" detail="of the files, before any resizing">
      <KeyValueList
        items={[
          { key: "height", label: "Height", value: spread(sizes.height) },
          { key: "width", label: "Width", value: spread(sizes.width) },
          { key: "frequent", label: "Most frequent", value: frequent },
        ]}
      />
      <Bars caption="Shorter edge, pixels" histogram={sizes.shorterEdge} format={String} />
      <Bars caption="Width ÷ height" histogram={sizes.aspectRatio} format={(ratio) => ratio.toFixed(2)} />
    </Card>
  );
}

interface BarsProps {
  caption: string;
  histogram: DatasetInspection["sizes"]["shorterEdge"];
  format: (value: number) => string;
}

function Bars({ caption, histogram, format }: BarsProps) {
  const highest = Math.max(...histogram.map(({ count }) => count), 1);
  return (
    <table className="mt-4 w-full text-left text-xs">
      <caption className="pb-1 text-left font-medium text-ink-2">{caption}</caption>
      <tbody>
        {histogram.map(({ from, to, count }) => (
          <tr key={from}>
            <th scope="row" className="w-28 py-0.5 font-mono font-normal text-ink tabular-nums">
              {to === null ? `from ${format(from)}` : `${format(from)}–${format(to)}`}
            </th>
            <td className="w-16 py-0.5 pr-3 text-right font-mono text-ink tabular-nums">
              {formatMetric(count)}
            </td>
            <td className="py-0.5">
              <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="h-2 w-full" aria-hidden="true">
                <rect width={(count / highest) * 100} height="4" className="fill-control" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const counted = (count: number, one: string, several: string): string =>
  `${formatMetric(count)} ${count === 1 ? one : several}`;
