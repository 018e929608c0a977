/** A trained network that runs in this page, in a worker, and answers for pictures which never leave it. */
import type {
  OpenedModel,
  PictureAnswer,
  PictureQuestion,
  WorkerRequest,
  WorkerResponse,
} from "./classifier-protocol";

export interface ModelInPage {
  /** Rejects with what is the matter in words: files that are missing or damaged, a browser without an engine. */
  readonly opened: Promise<OpenedModel>;
  /** @throws {Error} if the picture cannot be decoded, or does not become the network's input. */
  classify(question: PictureQuestion): Promise<PictureAnswer>;
  /** Frees all that it holds; nothing that was asked is answered any more. */
  close(): void;
}

/** What the worker said went wrong. */
class ModelInPageError extends Error {
  constructor({ name, message }: { name: string; message: string }) {
    super(message);
    this.name = name;
  }
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** @param url of the folder with model.json, weights.bin and model-card.json. */
export function openModelInPage(url: string): ModelInPage {
  const worker = new Worker(new URL("./classifier-worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let broken: ModelInPageError | null = null;
  worker.addEventListener("message", ({ data }: MessageEvent<WorkerResponse>) => {
    const asked = waiting.get(data.call);
    waiting.delete(data.call);
    if ("failure" in data) asked?.reject(new ModelInPageError(data.failure));
    else asked?.resolve(data.value as never);
  });
  worker.addEventListener("error", ({ message }) => {
    const failure = { name: "WorkerError", message: message || "The model's script could not be loaded." };
    broken = new ModelInPageError(failure);
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
  });
  function ask<Value extends OpenedModel | PictureAnswer>(
    request: (call: number) => WorkerRequest,
    transfer: Transferable[] = [],
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (broken) return reject(broken);
      const call = calls++;
      waiting.set(call, { resolve, reject });
      worker.postMessage(request(call), transfer);
    });
  }
  return {
    opened: ask<OpenedModel>((call) => ({ call, kind: "open", url: new URL(url, location.href).href })),
    classify: (question) =>
      ask<PictureAnswer>(
        (call) => ({ call, kind: "classify", question }),
        question.source instanceof Blob ? [] : [question.source],
      ),
    close: () => worker.terminate(),
  };
}
