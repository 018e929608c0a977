/** The section of the worst mistakes, as pictures where they are given. */
import type { EvaluationReport } from "@convkit/schema";
import { formatPercent } from "./format-number.js";
import { checkImageDataUrl, isTinyPng } from "./image-data-url.js";
import { html, type Markup } from "./markup.js";

type Mistake = EvaluationReport["worstMistakes"][number];

/** @throws {ImageDataUrlError} if an image is not carried inside the page. */
export function mistakeGallery(report: EvaluationReport, images: ReadonlyMap<string, string>): Markup {
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
            <ol class="gallery">
              ${worstMistakes.map((mistake) => mistakeCard(mistake, classNames, images.get(mistake.id)))}
            </ol>`
    }
  </section>`;
}

function mistakeCard(mistake: Mistake, classNames: readonly string[], image: string | undefined): Markup {
  const { id, probability, labelProbability } = mistake;
  const label = classNames[mistake.label]!;
  const prediction = classNames[mistake.prediction]!;
  if (image !== undefined) checkImageDataUrl(id, image);
  return html`<li class="card">
    <figure>
      ${
        image === undefined
          ? html`<div class="picture absent">no picture</div>`
          : html`<img
              class="picture${isTinyPng(image) ? " tiny" : ""}"
              src="${image}"
              alt="A picture of ${label}, taken for ${prediction}"
            />`
      }
      <figcaption>
        <dl>
          <div class="said">
            <dt>said</dt>
            <dd class="share">${formatPercent(probability)}</dd>
            <dd class="name">${prediction}</dd>
          </div>
          <div class="true">
            <dt>is</dt>
            <dd class="share">${formatPercent(labelProbability)}</dd>
            <dd class="name">${label}</dd>
          </div>
        </dl>
        <p class="id" title="${id}">${id}</p>
      </figcaption>
    </figure>
  </li> `;
}
