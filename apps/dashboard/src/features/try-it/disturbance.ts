/** How strongly the sliders disturb a picture. Apart from what does it, which the page itself need not load. */

export interface Disturbance {
  /** Standard deviation of a Gaussian, in per cent of the picture's shorter edge. */
  readonly blurPercent: number;
  /** Standard deviation of Gaussian noise, in per cent of white. */
  readonly noisePercent: number;
  /** Factor: 1 changes nothing, 0 is black. */
  readonly brightness: number;
  /** Clockwise. */
  readonly rotationDegrees: number;
}

export const NEUTRAL: Disturbance = { blurPercent: 0, noisePercent: 0, brightness: 1, rotationDegrees: 0 };

export const isNeutral = (disturbance: Disturbance): boolean =>
  (Object.keys(NEUTRAL) as (keyof Disturbance)[]).every((key) => disturbance[key] === NEUTRAL[key]);
