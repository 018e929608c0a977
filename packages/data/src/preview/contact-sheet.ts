/** Pictures in rows and columns, each with small text beneath, as one PNG. */
import { resize } from "@convkit/transforms";
import sharp from "sharp";

export interface SheetTile {
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Broken into lines that fit; what is more than the sheet's lines is cut off. */
  readonly caption: readonly string[];
}

export interface ContactSheet {
  /** Of the same pictures, captions and fonts the same bytes. */
  readonly png: Buffer;
  readonly height: number;
  readonly width: number;
}

/** A sheet would have more pixels on an edge than one may have. */
export class SheetSizeError extends Error {
  override readonly name = "SheetSizeError";
}

/** Pixels; its square is within the 268 megapixels that libvips takes. */
const LONGEST_SHEET_EDGE = 16_000;
/** Pixels. Smaller pictures are enlarged by a whole factor, larger ones made smaller. */
const SMALLEST_EDGE = 128;
const LARGEST_EDGE = 256;
const GAP = 8;
const FONT_SIZE = 10;
const LINE_HEIGHT = 12;
/** Width of a letter of the font, generously. */
const LETTER_WIDTH = 6.1;
const MOST_LINES = 12;

interface TileSize {
  readonly height: number;
  readonly width: number;
}

/**
 * To be asked before the work.
 * @param tiles of each size that there is, before they are scaled; none: they are not known yet, and of the smallest.
 * @throws {SheetSizeError} if the sheet, with captions of all the lines that they may have, was too large.
 */
export function checkSheetSize(
  { rows, columns }: { readonly rows: number; readonly columns: number },
  tiles: readonly TileSize[],
): void {
  const scaled = tiles.map(scaledSize);
  const cellWidth = Math.max(SMALLEST_EDGE, ...scaled.map(({ width }) => width));
  const cellHeight =
    tiles.length > 0
      ? Math.max(...scaled.map(({ height }) => height)) + MOST_LINES * LINE_HEIGHT
      : LINE_HEIGHT;
  const [height, width] = [edge(rows, cellHeight), edge(columns, cellWidth)];
  if (height <= LONGEST_SHEET_EDGE && width <= LONGEST_SHEET_EDGE) return;
  const spell = (pixels: number) => pixels.toLocaleString("en-US");
  throw new SheetSizeError(
    `Expected a sheet of at most ${spell(LONGEST_SHEET_EDGE)} pixels an edge. Received: ${spell(rows)} pictures in ` +
      `${spell(columns)} columns, which take ${spell(height)} × ${spell(width)}. Ask for fewer pictures or draws.`,
  );
}

const edge = (cells: number, cell: number): number => GAP + cells * (cell + GAP);

/**
 * Every tile has the room of the largest one. Where the machine has no font the text is missing or made of boxes.
 * @param rows from top to bottom, each from left to right; at least one tile.
 */
export async function drawContactSheet(rows: readonly (readonly SheetTile[])[]): Promise<ContactSheet> {
  const scaled = rows.map((row) => row.map(scale));
  const tiles = scaled.flat();
  const cellWidth = Math.max(SMALLEST_EDGE, ...tiles.map(({ width }) => width));
  const pictureHeight = Math.max(...tiles.map(({ height }) => height));
  const letters = Math.floor(cellWidth / LETTER_WIDTH);
  const captions = scaled.map((row) => row.map(({ caption }) => wrap(caption, letters)));
  const lines = Math.max(...captions.flat().map(({ length }) => length));
  const cellHeight = pictureHeight + lines * LINE_HEIGHT;
  const columns = Math.max(...rows.map(({ length }) => length));
  const width = edge(columns, cellWidth);
  const height = edge(rows.length, cellHeight);

  const canvas = new Uint8Array(height * width * 3).fill(255);
  const texts: string[] = [];
  scaled.forEach((row, r) => {
    row.forEach((tile, c) => {
      const [x, y] = [GAP + c * (cellWidth + GAP), GAP + r * (cellHeight + GAP)];
      blit(tile, canvas, { x, y, width });
      captions[r]![c]!.forEach((line, i) => {
        texts.push(
          `<text x="${x}" y="${y + pictureHeight + (i + 1) * LINE_HEIGHT - 2}">${escaped(line)}</text>`,
        );
      });
    });
  });
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `font-family="DejaVu Sans Mono, monospace" font-size="${FONT_SIZE}" fill="#222">${texts.join("")}</svg>`;
  const png = await sharp(canvas, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg), top: 0, left: 0 }])
    .png()
    .toBuffer();
  return { png, height, width };
}

function scaledSize({ height, width }: TileSize): TileSize {
  const longest = Math.max(height, width);
  if (longest > LARGEST_EDGE) {
    const shrink = (edge: number) => Math.max(1, Math.round((edge * LARGEST_EDGE) / longest));
    return { height: shrink(height), width: shrink(width) };
  }
  const factor = Math.max(1, Math.floor(SMALLEST_EDGE / longest));
  return { height: height * factor, width: width * factor };
}

function scale(tile: SheetTile): SheetTile {
  const { height, width } = scaledSize(tile);
  if (height < tile.height || width < tile.width) {
    return { ...tile, pixels: resize(tile.pixels, { ...tile, count: 1 }, [height, width]), height, width };
  }
  const factor = Math.round(width / tile.width);
  const pixels = new Uint8Array(height * width * tile.channels);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / factor) * tile.width + Math.floor(x / factor)) * tile.channels;
      for (let c = 0; c < tile.channels; c++) pixels[to++] = tile.pixels[from + c] as number;
    }
  }
  return { ...tile, pixels, height, width };
}

/** Grey pictures become coloured ones. */
function blit(
  { pixels, height, width, channels }: SheetTile,
  canvas: Uint8Array,
  at: { x: number; y: number; width: number },
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [(y * width + x) * channels, ((at.y + y) * at.width + at.x + x) * 3];
      for (let c = 0; c < 3; c++) canvas[to + c] = pixels[from + (channels === 3 ? c : 0)] as number;
    }
  }
}

/** Between words where they are short enough. */
function wrap(caption: readonly string[], letters: number): string[] {
  const fitting = new RegExp(`(?:.{1,${letters}}(?= |$)|.{${letters}})`, "gsu");
  const lines = caption.flatMap((text) => text.match(fitting)?.map((line) => line.trim()) ?? []);
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), "…"];
}

/** For XML, which has no control characters at all. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\p{Cc}/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
