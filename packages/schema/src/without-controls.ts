/** Names of files and classes come from anywhere: none of them must steer the terminal, or turn the text around it. */

/** Control characters but the line feed, and https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters */
const STEERING = /(?!\n)\p{Cc}|\p{Bidi_Control}/gu;

/** @returns the text with U+FFFD in place of each control character but the line feed, and of each that turns its direction. */
export function withoutControls(text: string): string {
  return text.replaceAll(STEERING, "\ufffd");
}
