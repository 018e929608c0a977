/** The camera, and in words why there is none. */

/** There is no camera, or it may not be used. */
class CameraError extends Error {
  override readonly name = "CameraError";
}

/** By the names of https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia. */
const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError:
    "The camera may not be used: the browser or the system refuses. Allow it for this page, beside its address, and try again.",
  NotFoundError: "There is no camera at this machine. Drop pictures instead.",
  NotReadableError: "The camera does not answer: another program may hold it. Close that, and try again.",
};

/** @throws {CameraError} */
export async function openCamera(): Promise<MediaStream> {
  // Where the page did not come over a safe connection, browsers leave it out.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) {
    throw new CameraError("Browsers lend the camera only to pages that come by https, or from this machine.");
  }
  try {
    const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    return await devices.getUserMedia({ video, audio: false });
  } catch (cause) {
    const { name, message } = cause as Error;
    throw new CameraError(REASONS[name] ?? `The camera could not be opened: ${message || name}`, { cause });
  }
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
