/** The network at work, in a thread of its own: the page stays at hand, and closing the thread frees all that it held. */
import type { Classifier, ClassifierImage } from "@convkit/models";
import { Rng } from "@convkit/random";
import { createTransformPipeline, undoNormalize } from "@convkit/transforms";
import { openOnBestEngine } from "./choose-engine";
import type {
  OpenedModel,
  PictureAnswer,
  PictureQuestion,
  ShownPicture,
  WorkerRequest,
  WorkerResponse,
} from "./classifier-protocol";
import { disturb, handyPicture } from "./disturb-picture";
import { isNeutral } from "./disturbance";
import { explain } from "./explain";

/** Pictures that stay decoded: the one that is looked at, and the one before. */
const KEPT = 2;

let classifier: Classifier | null = null;
const decoded = new Map<string, ClassifierImage>();
/** One after the other: sliders ask faster than a network answers. */
let last: Promise<unknown> = Promise.resolve();

self.addEventListener("message", ({ data: request }: MessageEvent<WorkerRequest>) => {
  const { call } = request;
  last = last
    .then((): Promise<OpenedModel | PictureAnswer> => {
      return request.kind === "open" ? open(request.url) : classify(request.question);
    })
    .then(
      (value) => answer({ call, value }),
      ({ name, message }: Error) => answer({ call, failure: { name, message } }),
    );
});

function answer(response: WorkerResponse): void {
  self.postMessage(response, { transfer: "value" in response ? buffersOf(response.value) : [] });
}

/** Handed over rather than copied. */
function buffersOf(value: OpenedModel | PictureAnswer): Transferable[] {
  if (!("picture" in value)) return [];
  const { picture, input, explanation } = value;
  const overlay = explanation && "overlay" in explanation ? explanation.overlay : null;
  return [picture, input, overlay].flatMap((shown) => (shown ? [shown.rgba.buffer] : []));
}

async function open(url: string): Promise<OpenedModel> {
  const opened = await openOnBestEngine(url);
  ({ classifier } = opened);
  return { card: classifier.card, engine: opened.engine };
}

async function classify({ id, source, disturbance, explained }: PictureQuestion): Promise<PictureAnswer> {
  if (classifier === null) throw new Error("Expected an open model. Received: none.");
  const { card } = classifier;
  const whole = await decodeOnce(id, source, card);
  const handy = handyPicture(whole, card.inputShape);
  const disturbed = isNeutral(disturbance) ? handy : disturb(handy, disturbance);
  // Undisturbed it is judged in its full size, as `convkit predict` does.
  const judged = isNeutral(disturbance) ? whole : disturbed;
  const probabilities = await classifier.predict([judged]);
  return {
    probabilities,
    height: whole.height,
    width: whole.width,
    picture: showBytes(disturbed),
    input: inputOf(judged, card),
    ...(explained !== undefined && { explanation: await explain(classifier, judged, explained) }),
  };
}

async function decodeOnce(
  id: string | null,
  source: Blob | ImageBitmap,
  card: Classifier["card"],
): Promise<ClassifierImage> {
  const known = id !== null && decoded.get(id);
  const picture = known || (await decode(source, card));
  if (id === null) return picture;
  decoded.delete(id);
  decoded.set(id, picture);
  for (const oldest of [...decoded.keys()].slice(0, -KEPT)) decoded.delete(oldest);
  return picture;
}

/** By the decoder that `convkit verify` compares with Node's. */
async function decode(source: Blob | ImageBitmap, card: Classifier["card"]): Promise<ClassifierImage> {
  const { decodeInBrowser } = await import("@convkit/models");
  return decodeInBrowser(source, card);
}

function inputOf({ data, ...size }: ClassifierImage, card: Classifier["card"]): ShownPicture {
  const pipeline = createTransformPipeline(card.preprocessing);
  const rngs = pipeline.isRandom ? [Rng.fromSeed(0)] : [];
  const { images, shape } = pipeline.apply(data, { count: 1, ...size }, rngs);
  undoNormalize(images, shape.channels, card.preprocessing);
  const bytes = Uint8ClampedArray.from(images, (value) => 255 * value);
  return showBytes({ ...shape, data: bytes });
}

interface Bytes {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

function showBytes({ data, height, width, channels }: Bytes): ShownPicture {
  const rgba = new Uint8ClampedArray(height * width * 4).fill(255);
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    for (let c = 0; c < 3; c++) rgba[to + c] = data[from + (channels === 1 ? 0 : c)]!;
  }
  return { rgba, height, width };
}
