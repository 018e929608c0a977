/** A picture, large, with all that is known of it, and its neighbours, each of which is the next picture. */
"use client";
import { Button, Dialog, formatMetric, KeyValueList, type KeyValue } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { picturedHash } from "../pictures/no-small-pictures";
import { artifactUrl, thumbnailUrl } from "../shell/links";
import {
  className,
  explanationPath,
  knownPicture,
  labelWords,
  type KnownPicture,
  type Neighbour,
  type PictureDocuments,
} from "./known-picture";
import { suspectWords } from "./suspect-words";
import { SmallPicture } from "./small-picture";

export interface PictureTrailProps {
  run: RunDetail;
  /** Ids of the pictures that were opened one from the other, the shown one last; empty where none is. */
  trail: readonly string[];
  onTrail: (trail: readonly string[]) => void;
}

export function PictureTrail({ run, trail, onTrail }: PictureTrailProps) {
  const trpc = useTRPC();
  const shown = trail.at(-1);
  const enabled = shown !== undefined;
  const { documents } = trpc.runs;
  const projection = useQuery({ ...documents.projection.queryOptions(run.id), enabled });
  const explanations = useQuery({ ...documents.explanations.queryOptions(run.id), enabled });
  const review = useQuery({ ...documents.labelReview.queryOptions(run.id), enabled });
  const setReview = useQuery({ ...documents.labelSetReview.queryOptions(run.id), enabled });
  const documentsOfRun = {
    projection: projection.data?.document,
    explanations: explanations.data?.document,
    review: review.data?.document,
    setReview: setReview.data?.document,
  };
  const picture = shown === undefined ? null : knownPicture(shown, documentsOfRun);
  const topRef = useRef<HTMLDivElement>(null);
  const before = useRef<string>(undefined);
  // The next picture begins at its top, wherever in the one before it was chosen.
  useEffect(() => {
    if (before.current !== undefined) {
      topRef.current?.scrollIntoView({ block: "start" });
      topRef.current?.focus({ preventScroll: true });
    }
    before.current = shown;
  }, [shown]);
  return (
    <Dialog
      open={picture !== null}
      onOpenChange={(open) => !open && onTrail([])}
      size="wide"
      title={picture ? titleOf(picture, documentsOfRun) : ""}
    >
      {picture && (
        <div ref={topRef} tabIndex={-1} className="flex flex-col gap-4 outline-none">
          {trail.length > 1 && (
            <Button size="sm" className="self-start" onClick={() => onTrail(trail.slice(0, -1))}>
              Back to {trail.at(-2)}
            </Button>
          )}
          <div className="grid items-start gap-4 md:grid-cols-2">
            <LargePictures run={run} picture={picture} />
            <KeyValueList items={factsOf(picture, documentsOfRun)} />
          </div>
          <Neighbours run={run} picture={picture} onOpen={({ id }) => onTrail([...trail, id])} />
        </div>
      )}
    </Dialog>
  );
}

export const plainPictureUrl = (run: RunDetail, id: string) => {
  const hash = picturedHash(run);
  return hash === null ? null : thumbnailUrl(hash, id);
};

function titleOf({ label: known, explained }: KnownPicture, { explanations }: PictureDocuments): string {
  if (!explained || !explanations) return known ?? "A picture";
  if (explanations.isMultiLabel) {
    const name = className(explanations.classNames, explained.explained);
    const [isThere, isSaid] = [explained.label >= 0, explained.prediction >= 0];
    if (isThere === isSaid) return isThere ? `${name}, recognised` : `${name}, rightly not said`;
    return isThere ? `${name}, missed` : `${name}, said where it is not`;
  }
  const { label, prediction } = labelWords(explanations, explained);
  return label === prediction ? `${label}, recognised` : `${label}, taken for ${prediction}`;
}

function LargePictures({ run, picture }: { run: RunDetail; picture: KnownPicture }) {
  const path = picture.explained && explanationPath(picture.explained.file);
  return (
    <div className="grid grid-cols-2 gap-2">
      <Framed caption="The picture" src={plainPictureUrl(run, picture.id)} wide={path === null} />
      {path !== null && (
        <Framed caption="Where the network looked" src={artifactUrl(run.id, path)} wide={false} />
      )}
    </div>
  );
}

function Framed({ caption, src, wide }: { caption: string; src: string | null; wide: boolean }) {
  return (
    <figure className={wide ? "col-span-2" : ""}>
      <SmallPicture src={src} alt={caption} className={wide ? "max-h-72 w-full" : "w-full"} />
      <figcaption className="mt-1 text-xs text-ink-3">{caption}</figcaption>
    </figure>
  );
}

const percent = (value: number) => formatMetric(value, { style: "percent" });

function factsOf(picture: KnownPicture, documents: PictureDocuments): KeyValue[] {
  const { id, label, split, explained, reviewed, reviewedSet } = picture;
  const { explanations, review, setReview } = documents;
  return [
    ...(label === null ? [] : [{ key: "label", label: "Label", value: label }]),
    ...(explained && explanations
      ? [
          {
            key: "prediction",
            label: "Prediction",
            value: `${labelWords(explanations, explained).prediction} (${percent(explained.probability)})`,
          },
          {
            key: "shown",
            label: "Evidence for",
            value: className(explanations.classNames, explained.explained),
          },
          ...(explained.reasons ?? []).map((reason) => ({
            key: reason,
            label: "A poor reason",
            value:
              reason === "frame"
                ? `${percent(explained.frameShare ?? NaN)} of the evidence at the picture's edges`
                : `${percent(explained.foreignShare ?? NaN)} of the nearest training pictures are of other classes`,
          })),
        ]
      : []),
    ...(reviewed && review
      ? [
          {
            key: "suggestion",
            label: reviewed.isSuspect ? "Rather" : "If not its label",
            value: `${className(review.classNames, reviewed.suggestion)} (${percent(reviewed.suggestionProbability)})`,
          },
          { key: "p", label: "p(label)", value: percent(reviewed.labelProbability) },
          { key: "why", label: "Why", value: reviewed.why },
        ]
      : []),
    ...(reviewedSet && setReview
      ? [
          ...(reviewedSet.suspects.length === 0
            ? []
            : [
                {
                  key: "rather",
                  label: "Rather",
                  value: suspectWords(setReview.classNames, reviewedSet.suspects),
                },
              ]),
          { key: "why", label: "Why", value: reviewedSet.why },
        ]
      : []),
    ...(split === null ? [] : [{ key: "split", label: "Split", value: split }]),
    { key: "id", label: "Picture", value: id, mono: true },
  ];
}

interface NeighboursProps {
  run: RunDetail;
  picture: KnownPicture;
  onOpen: (neighbour: Neighbour) => void;
}

function Neighbours({ run, picture, onOpen }: NeighboursProps) {
  const { neighbours, neighbourSplit, label } = picture;
  if (neighbourSplit === null) {
    return (
      <p className="text-sm text-ink-2">
        Its neighbours are not known:{" "}
        <code className="font-mono text-xs break-all">convkit project {run.id}</code> finds those of the test
        pictures, of more than 10,000 those of a sample.
      </p>
    );
  }
  if (neighbours.length === 0)
    return <p className="text-sm text-ink-2">It is among the nearest of no {neighbourSplit} picture.</p>;
  return (
    <section aria-label="Neighbours">
      <h3 className="mb-2 text-sm font-medium text-ink">
        Nearest {neighbourSplit} pictures, as the network sees them
      </h3>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(92px,1fr))] gap-2">
        {neighbours.map((neighbour) => (
          <li key={neighbour.id}>
            <button
              type="button"
              onClick={() => onOpen(neighbour)}
              className="block w-full cursor-pointer rounded-md text-left text-xs hover:bg-sunken"
            >
              <SmallPicture src={plainPictureUrl(run, neighbour.id)} className="w-full" />
              <span className="mt-1 flex gap-1">
                <span
                  className={`min-w-0 truncate ${label !== null && neighbour.label !== label ? "text-bad" : "text-ink"}`}
                >
                  {neighbour.label}
                </span>
                <span className="ml-auto font-mono text-2xs leading-[18px] text-ink-3 tabular-nums">
                  <span className="sr-only">similarity </span>
                  {neighbour.similarity.toFixed(2)}
                </span>
              </span>
              <span className="sr-only">{neighbour.id}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
