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

/**
 * Headings within fenced code are no headings. A fence that somebody forgot to close is no fence, since all that convkit wrote below it
 * would be taken for the user's: one that is open at the end, or holds a heading of the card's own that is nowhere else.
 *
 * @param markdown of an earlier card.
 * @param own headings that each card has.
 */
export function readKeptWords(markdown: string, own: ReadonlySet<string>): KeptWords {
  const text = markdown.replace(/\r\n?/g, "\n").replace(/^\ufeff/, "");
  const [whole = "", frontMatter] = FRONT_MATTER.exec(text) ?? [];
  const lines = text.slice(whole.length).split("\n");
  const unclosed = new Set<number>();
  for (;;) {
    const { sections, fenced, openFence } = readSections(lines, unclosed);
    const swallowing = [...fenced].find(([heading]) => own.has(heading) && !sections.has(heading))?.[1];
    const forgotten = swallowing ?? openFence;
    if (forgotten === undefined) {
      const trimmed = [...sections].map(([name, body]): [string, string] => [name, body.trim()]);
      return { ...(frontMatter !== undefined && { frontMatter }), sections: new Map(trimmed) };
    }
    unclosed.add(forgotten);
  }
}

interface ReadSections {
  readonly sections: ReadonlyMap<string, string>;
  /** Headings within fenced code → the line of the fence above the first of that name, in their order. */
  readonly fenced: ReadonlyMap<string, number>;
  /** The line of a fence that is open at the end. */
  readonly openFence?: number | undefined;
}

/** @param ignored lines that open no fence. */
function readSections(lines: readonly string[], ignored: ReadonlySet<number>): ReadSections {
  const sections = new Map<string, string>();
  const fenced = new Map<string, number>();
  let heading: string | undefined;
  let fence: { readonly mark: string; readonly at: number } | undefined;
  for (const [at, line] of lines.entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && fence === undefined) fence = ignored.has(at) ? undefined : { mark, at };
    else if (mark !== undefined && mark.startsWith(fence!.mark) && line.trim() === mark) fence = undefined;
    const found = /^##\s+(.*?)\s*#*\s*$/.exec(line)?.[1];
    if (found !== undefined && fence === undefined) {
      heading = found;
      // Of two sections with one heading, both are kept.
      sections.set(heading, sections.has(heading) ? `${sections.get(heading)!}\n` : "");
      continue;
    }
    if (found !== undefined && !fenced.has(found)) fenced.set(found, fence!.at);
    if (heading !== undefined) sections.set(heading, `${sections.get(heading)!}${line}\n`);
  }
  return { sections, fenced, openFence: fence?.at };
}
