/** A run's classifier in a browser: a page with the same code as in Node, which is asked about one picture after the other. */
import type { ClassifierImage } from "@convkit/models";
import { BACKEND_PARAMETER, KIND_HEADER, SHAPE_HEADER, type BrowserBackend } from "./page-protocol.js";
import { PageServer } from "./page-server.js";
import { startChromium } from "./start-chromium.js";

export interface BrowserClassifier {
  /** Such as `Chromium 150.0.7871.100`. */
  readonly browser: string;
  readonly tfjs: string;
  /**
   * @returns logits, one a class.
   * @throws {BrowserPictureError} if there are none.
   */
  logits(image: ClassifierImage): Promise<Float32Array>;
  /**
   * Of an encoded picture, which the browser decodes.
   *
   * @throws {BrowserPictureError} if it cannot.
   */
  logitsOfFile(encoded: Uint8Array): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface BrowserClassifierOptions {
  /** A classifier's folder. */
  readonly model: string;
  readonly backend: BrowserBackend;
  readonly signal: AbortSignal;
}

/**
 * Opens it; one picture at a time can be asked about.
 *
 * @throws {BrowserUnavailableError} if there is no browser, its page does not come up, or it ends.
 * @throws the signal's reason, once it is aborted.
 */
export async function openBrowserClassifier({
  model,
  backend,
  signal,
}: BrowserClassifierOptions): Promise<BrowserClassifier> {
  const page = new PageServer(model);
  const address = await page.listen();
  try {
    const chromium = await startChromium(`${address}?${BACKEND_PARAMETER}=${backend}`);
    const aborted = new Promise<never>((_, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
    });
    aborted.catch(() => undefined);
    /** Whatever comes first of an answer and an end. */
    const orEnd = <T>(answer: Promise<T>): Promise<T> => Promise.race([answer, chromium.died, aborted]);
    const close = async (): Promise<void> => {
      await chromium.close();
      page.close();
    };
    try {
      const { browser, tfjs } = await orEnd(page.ready());
      return {
        browser,
        tfjs,
        logits: ({ data, height, width, channels }) =>
          orEnd(
            page.ask({
              headers: { [KIND_HEADER]: "pixels", [SHAPE_HEADER]: `${height},${width},${channels}` },
              body: data,
            }),
          ),
        logitsOfFile: (body) => orEnd(page.ask({ headers: { [KIND_HEADER]: "file" }, body })),
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    page.close();
    throw error;
  }
}
