/**
 * What a user has written into a model card, so that writing the card again keeps it: the front matter, the sections that are left to
 * the user, and sections under headings of their own.
 */

export interface KeptWords {
  /** Between the two lines of dashes; undefined where there is none. */
  readonly frontMatter?: string;
  /** Heading of the second level → what stands under it, up to the next one. */
  readonly sections: ReadonlyMap<string, string>;
}

const FRONT_MATTER = /^---\n([^]*?)\n---(?:\n|$)/;

/** @param markdown of an earlier card. Headings within fenced code are no headings. */
export function readKeptWords(markdown: string): KeptWords {
  const text = markdown.replace(/\r\n?/g, "\n").replace(/^\ufeff/, "");
  const [whole = "", frontMatter] = FRONT_MATTER.exec(text) ?? [];
  const sections = new Map<string, string>();
  let heading: string | undefined;
  let fence: string | undefined;
  for (const line of text.slice(whole.length).split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && fence === undefined) fence = mark;
    else if (mark !== undefined && mark.startsWith(fence!) && line.trim() === mark) fence = undefined;
    const found = fence === undefined ? /^##\s+(.*?)\s*#*\s*$/.exec(line)?.[1] : undefined;
    if (found !== undefined) {
      heading = found;
      // Of two sections with one heading, both are kept.
      sections.set(heading, sections.has(heading) ? `${sections.get(heading)!}\n` : "");
    } else if (heading !== undefined) {
      sections.set(heading, `${sections.get(heading)!}${line}\n`);
    }
  }
  const trimmed = [...sections].map(([name, body]): [string, string] => [name, body.trim()]);
  return { ...(frontMatter !== undefined && { frontMatter }), sections: new Map(trimmed) };
}
