/** The sections of pictures: the worst mistakes, what was confused with what, and where the network was least sure. */
import type { EvaluationReport, JudgedPicture } from "@convkit/schema";
import type { ConfusedPair } from "../confused-pairs.js";
import { formatCount, formatPercent } from "./format-number.js";
import { checkImageDataUrl, isTinyPicture } from "./image-data-url.js";
import { html, type Markup } from "./markup.js";

const UNCERTAIN_SHOWN = 12;

interface Gallery {
  readonly classNames: readonly string[];
  /** Id → data URL. */
  readonly images: ReadonlyMap<string, string>;
}

/** @throws {ImageDataUrlError} if an image is not carried inside the page. */
export function mistakeGallery(report: EvaluationReport, images: Gallery["images"]): Markup {
  const { worstMistakes, classNames, testCount } = report;
  const none =
    testCount === 0 ? "No picture had a label to be held against." : "Not one: every picture was recognised.";
  return html`<section aria-labelledby="mistakes">
    <h2 id="mistakes">Worst mistakes</h2>
    ${
      worstMistakes.length === 0
        ? html`<p class="card empty">${none}</p>`
        : html`<p class="lead">
              The pictures that the network was surest of and wrong about. Some of them may carry a wrong
              label.
            </p>
            ${cards(worstMistakes, { classNames, images })}${beforeTemperature(report)}`
    }
  </section>`;
}

/**
 * Null without pairs.
 * @throws {ImageDataUrlError} if an image is not carried inside the page.
 */
export function pairGallery(
  pairs: readonly ConfusedPair[],
  report: EvaluationReport,
  images: Gallery["images"],
): Markup | null {
  if (pairs.length === 0) return null;
  const { classNames } = report;
  return html`<section aria-labelledby="pairs">
    <h2 id="pairs">Most confused pairs</h2>
    <p class="lead">
      Pictures of the most frequent confusions, those first that the network was surest of: what do they have
      in common?
    </p>
    ${pairs.map(
      ({ label, prediction, count, share, pictures }) => html`
        <h3 class="pair-name">
          ${classNames[label]!} taken for ${classNames[prediction]!}
          <span>${formatCount(count)} pictures, ${formatPercent(share)} of the class</span>
        </h3>
        ${cards(pictures, { classNames, images })}
      `,
    )}
    ${beforeTemperature(report)}
  </section>`;
}

/**
 * Null where the report does not tell.
 * @throws {ImageDataUrlError} if an image is not carried inside the page.
 */
export function uncertainGallery(report: EvaluationReport, images: Gallery["images"]): Markup | null {
  const { mostUncertain = [], classNames } = report;
  if (mostUncertain.length === 0) return null;
  return html`<section aria-labelledby="uncertain">
    <h2 id="uncertain">Least sure</h2>
    <p class="lead">
      The pictures between whose names the network could least decide, right or wrong. More pictures like
      these are worth collecting.
    </p>
    ${cards(mostUncertain.slice(0, UNCERTAIN_SHOWN), { classNames, images })} ${beforeTemperature(report)}
  </section>`;
}

/** Ids of the pictures that the page shows, each once. */
export function picturesShown(report: EvaluationReport, pairs: readonly ConfusedPair[] = []): string[] {
  const pictures = [
    ...report.worstMistakes,
    ...pairs.flatMap((pair) => pair.pictures),
    ...(report.mostUncertain ?? []).slice(0, UNCERTAIN_SHOWN),
  ];
  return [...new Set(pictures.map(({ id }) => id))];
}

/** The report's pictures are judged by the network as it is, whatever its sentences on sureness go by. */
function beforeTemperature({ temperature }: EvaluationReport): Markup | null {
  return temperature
    ? html`<p class="note">These degrees of sureness are those before the temperature.</p>`
    : null;
}

function cards(pictures: readonly JudgedPicture[], gallery: Gallery): Markup {
  return html`<ol class="gallery">
    ${pictures.map((picture) => pictureCard(picture, gallery))}
  </ol>`;
}

function pictureCard(picture: JudgedPicture, { classNames, images }: Gallery): Markup {
  const { id, probability, labelProbability } = picture;
  const label = classNames[picture.label]!;
  const prediction = classNames[picture.prediction]!;
  const isRight = picture.label === picture.prediction;
  const image = images.get(id);
  if (image !== undefined) checkImageDataUrl(id, image);
  return html`<li class="card">
    <figure>
      ${
        image === undefined
          ? html`<div class="picture absent">no picture</div>`
          : html`<img
              class="picture${isTinyPicture(image) ? " tiny" : ""}"
              src="${image}"
              alt="A picture of ${label}, ${isRight ? "recognised" : `taken for ${prediction}`}"
            />`
      }
      <figcaption>
        <dl>
          <div class="${isRight ? "true" : "said"}">
            <dt>${isRight ? "said, and is" : "said"}</dt>
            <dd class="share">${formatPercent(probability)}</dd>
            <dd class="name">${prediction}</dd>
          </div>
          ${
            isRight
              ? null
              : html`<div class="true">
                  <dt>is</dt>
                  <dd class="share">${formatPercent(labelProbability)}</dd>
                  <dd class="name">${label}</dd>
                </div>`
          }
        </dl>
        <p class="id" title="${id}">${id}</p>
      </figcaption>
    </figure>
  </li> `;
}
