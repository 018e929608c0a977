/** What is a picture by its name alone. */
import { extname } from "node:path";

/** A .jfif is a JPEG, as browsers save it. */
const PICTURE_EXTENSIONS = new Set(".jpg .jpeg .jpe .jfif .png .webp .gif .tif .tiff .avif".split(" "));
/** Pictures in formats that are not read: of phones, of paint programs, and what cameras call their raw files. */
const UNREAD_EXTENSIONS = new Set(
  (
    ".heic .heif .hif .bmp .dib .jxl .jp2 .j2k .jpx .tga .pcx .pbm .pgm .ppm .pnm .exr .svg .psd .xcf .dcm " +
    ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .iiq .kdc .mrw .nef .nrw .orf .pef .raf .rw2 .rwl .sr2 .srf .srw .x3f"
  ).split(" "),
);

/** Whether a file has the name of a picture that `decodeImage` reads: `.jpg`, `.png`, … */
export const isPictureName = (path: string): boolean => PICTURE_EXTENSIONS.has(extname(path).toLowerCase());

export const isUnreadPictureName = (path: string): boolean =>
  UNREAD_EXTENSIONS.has(extname(path).toLowerCase());
