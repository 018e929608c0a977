/** Pictures × draws for any pipeline of transforms, before a run is spent on it; the pipeline goes on to the form for a new run. */
"use client";
import { describeTransforms, RunConfig, type TransformLists } from "@convkit/schema";
import { presetTransforms } from "@convkit/transforms";
import { Button, Card, EmptyState, ErrorState, Skeleton } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTRPC, type DatasetCard } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { ConfigField } from "../new-run/config-field";
import { describeFields } from "../new-run/describe-fields";
import { ConfigFormProvider } from "../new-run/form-context";
import type { JsonObject } from "../new-run/json-value";
import { unfoldIssues } from "../new-run/unfold-issues";
import { useConfigDraft } from "../new-run/use-config-draft";
import { Link } from "../shell/link";
import { newRunPath, thumbnailUrl } from "../shell/links";
import { QueryState } from "../shell/query-states";
import {
  augmentPictures,
  loadSmallPicture,
  type AugmentedPicture,
  type SmallPicture,
} from "./augment-pictures";

const PICTURES = 6;
const DRAWS = 6;
/** Of the shorter edge: small pictures have no more to show, and a page should not hold forty photos in full. */
const LARGEST_EDGE = 224;

/** In what size the pictures of a data set are tried; null: in those that the small ones have. */
function triedShape({ imageShape }: DatasetCard): [height: number, width: number, channels: number] | null {
  if (imageShape === null) return null;
  const [height, width, channels] = imageShape;
  const scale = Math.min(1, LARGEST_EDGE / Math.min(height, width));
  return [Math.round(height * scale), Math.round(width * scale), channels];
}

export interface AugmentationTabProps {
  dataset: { readonly contentHash: string; readonly thumbnails: number; readonly card: DatasetCard };
}

export function AugmentationTab({ dataset }: AugmentationTabProps) {
  const trpc = useTRPC();
  const schema = useQuery({ ...trpc.jobs.configSchema.queryOptions(), staleTime: Infinity });
  const { card } = dataset;
  const [start] = useState<JsonObject>(() => ({ data: { source: card.source }, transforms: "standard" }));
  const draft = useConfigDraft(start, null);
  const checked = useMemo(() => checkTransforms(draft.config, card), [draft.config, card]);
  const [seed, setSeed] = useState(0);
  const form = useMemo(
    () => ({
      draft,
      issues: unfoldIssues(checked.issues),
      suggestions: {},
      datasets: { known: [], choices: [] },
    }),
    [draft, checked.issues],
  );
  if (dataset.thumbnails === 0) {
    return (
      <EmptyState
        className="py-16"
        title="No small pictures here"
        description="A worker that has the data set uploads them once; so does convkit data add."
      />
    );
  }
  return (
    <ConfigFormProvider value={form}>
      <div className="grid items-start gap-4 xl:grid-cols-[24rem_minmax(0,1fr)]">
        <Card
          title="Pipeline"
          actions={
            <Button asChild size="sm" variant="primary">
              <Link href={newRunPath(draft.config)}>New run with it</Link>
            </Button>
          }
        >
          <QueryState query={schema} skeleton={<Skeleton className="h-60 w-full" />}>
            {(found) => <PipelineField schema={found as JsonObject} />}
          </QueryState>
          {checked.lists && typeof draft.config["transforms"] === "string" && (
            <Written lists={checked.lists} />
          )}
        </Card>
        <Card
          title="What training would see"
          detail={
            card.imageShape
              ? "a column an epoch, drawn from the small pictures"
              : "of the small pictures' own sizes"
          }
          actions={
            <Button size="sm" onClick={() => setSeed(seed + 1)}>
              Draw again
            </Button>
          }
        >
          {checked.lists ? (
            <Draws dataset={dataset} lists={checked.lists} seed={seed} />
          ) : (
            <ErrorState message={checked.issues.map(({ message }) => message).join(" ")} />
          )}
        </Card>
      </div>
    </ConfigFormProvider>
  );
}

function PipelineField({ schema }: { schema: JsonObject }) {
  const field = useMemo(() => describeFields(schema).find(({ key }) => key === "transforms"), [schema]);
  return field ? <ConfigField path={["transforms"]} field={field} /> : null;
}

/** What a preset comes to on these pictures. */
function Written({ lists: { train, batch } }: { lists: TransformLists }) {
  return (
    <ol className="mt-3 flex flex-col gap-1 font-mono text-xs text-ink-2" aria-label="What it comes to">
      {describeTransforms([...train, ...batch]).map((line, index) => (
        <li key={index} className="break-words">
          {line}
        </li>
      ))}
    </ol>
  );
}

interface Checked {
  readonly lists: TransformLists | null;
  readonly issues: readonly { path: string[]; message: string }[];
}

/** As the server would: with defaults filled in, presets expanded. */
function checkTransforms({ transforms }: JsonObject, card: DatasetCard): Checked {
  const parsed = RunConfig.safeParse({ data: { source: "x" }, model: "simple-cnn", transforms });
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message }));
    return { lists: null, issues };
  }
  const given = parsed.data.transforms ?? "light";
  if (typeof given !== "string") return { lists: given, issues: [] };
  const imageShape = triedShape(card);
  if (imageShape !== null) return { lists: presetTransforms(given, { ...card, imageShape }), issues: [] };
  const message =
    "A preset depends on the size of the pictures, and these have several. Choose transforms here, or name an image size in a run.";
  return { lists: null, issues: [{ path: ["transforms"], message }] };
}

interface DrawsProps extends AugmentationTabProps {
  lists: TransformLists;
  seed: number;
}

function Draws({ dataset, lists, seed }: DrawsProps) {
  const trpc = useTRPC();
  const { contentHash, card } = dataset;
  const listed = useQuery(
    trpc.datasets.thumbnails.queryOptions({
      datasetHash: contentHash,
      limit: PICTURES,
      ...splitShown(dataset),
    }),
  );
  const thumbnails = listed.data?.thumbnails;
  const loaded = useQuery({
    queryKey: [
      "small pictures",
      contentHash,
      card.imageShape,
      card.imageFit,
      thumbnails?.map(({ pictureId }) => pictureId),
    ],
    enabled: thumbnails !== undefined,
    staleTime: Infinity,
    queryFn: () =>
      Promise.all(
        (thumbnails ?? []).map(async ({ pictureId, label }) => ({
          id: pictureId,
          className: card.classNames[label ?? -1] ?? "",
          picture: await loadSmallPicture(
            thumbnailUrl(contentHash, pictureId),
            triedShape(card),
            card.imageFit,
          ),
        })),
      ),
  });
  const failure = listed.error ?? loaded.error;
  if (failure) return <ErrorState message={messageOfError(failure)} />;
  if (!loaded.data) return <Skeleton className="h-96 w-full" />;
  return <DrawTable rows={loaded.data} lists={lists} seed={seed} channels={card.imageShape?.[2] ?? 3} />;
}

/** Those that are learnt from, where there are small ones of them. */
function splitShown({ card, thumbnails }: AugmentationTabProps["dataset"]): { split?: string } {
  const judged = (card.splits["test"]?.count ?? 0) + (card.splits["validation"]?.count ?? 0);
  return thumbnails > judged ? { split: "train" } : {};
}

interface DrawTableProps {
  rows: readonly { readonly id: string; readonly className: string; readonly picture: SmallPicture }[];
  lists: TransformLists;
  seed: number;
  channels: number;
}

function DrawTable({ rows, lists, seed, channels }: DrawTableProps) {
  const [columns, setColumns] = useState<readonly (readonly AugmentedPicture[])[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let isOver = false;
    const made: AugmentedPicture[][] = [];
    setFailure(null);
    // A column at a time, so that the page stays at hand.
    const next = () => {
      if (isOver || made.length === DRAWS) return;
      try {
        made.push(drawColumn(rows, lists, { seed, epoch: made.length + 1, channels }));
        setColumns([...made]);
        setTimeout(next);
      } catch (error) {
        setColumns([]);
        setFailure((error as Error).message);
      }
    };
    next();
    return () => {
      isOver = true;
    };
  }, [rows, lists, seed, channels]);

  if (failure !== null)
    return <ErrorState title="These transforms cannot take the pictures" message={failure} />;
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Pictures and draws">
      <table className="border-separate border-spacing-1 text-2xs text-ink-2">
        <thead>
          <tr>
            <th scope="col" className="text-left font-medium">
              Picture
            </th>
            {columns.map((_, column) => (
              <th key={column} scope="col" className="text-left font-medium">
                Epoch {column + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, className, picture }, row) => (
            <tr key={id}>
              <th scope="row" className="align-top text-left font-normal" title={id}>
                <Tile picture={picture} channels={channels} label={`${id}, ${className}`} />
                <span className="block w-24 truncate text-ink">{className}</span>
              </th>
              {columns.map((column, at) => {
                const drawn = column[row];
                if (!drawn) return <td key={at} />;
                return (
                  <td key={at} className="align-top">
                    <Tile picture={drawn} channels={channels} label={`${className} in epoch ${at + 1}`} />
                    <ul className="w-24">
                      {drawn.drawn.map((line, index) => (
                        <li key={index} className="break-words">
                          {line}
                        </li>
                      ))}
                    </ul>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Pictures of several sizes go through one by one. */
function drawColumn(
  rows: DrawTableProps["rows"],
  lists: TransformLists,
  options: { seed: number; epoch: number; channels: number },
): AugmentedPicture[] {
  const pictures = rows.map(({ picture }) => picture);
  const [first] = pictures;
  if (pictures.every(({ height, width }) => height === first?.height && width === first.width)) {
    return augmentPictures(pictures, lists, options);
  }
  return pictures.flatMap((picture, i) =>
    augmentPictures([picture], { ...lists, batch: [] }, { ...options, seed: options.seed * PICTURES + i }),
  );
}

function Tile({ picture, channels, label }: { picture: SmallPicture; channels: number; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { pixels, height, width } = picture;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(width, height);
    for (let i = 0; i < height * width; i++) {
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[i * channels + (channels === 1 ? 0 : c)]!;
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }, [pixels, height, width, channels]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      className="size-24 rounded-sm bg-sunken object-contain [image-rendering:pixelated]"
    />
  );
}
