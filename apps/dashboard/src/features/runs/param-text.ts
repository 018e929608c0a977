/** A param as it is read: JSON text without the quotes of a plain text. */
export function paramText(json: string | null | undefined): string {
  if (json === null || json === undefined) return "–";
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** null where it is no number. */
export function paramNumber(json: string | undefined): number | null {
  return json !== undefined && /^-?\d/.test(json) ? Number(json) : null;
}
