/** Writing as fast as the reader reads, and noticing that it has left, as `head` does. */

export interface PacedOutput {
  /** False once nobody reads any more. */
  readonly isOpen: boolean;
  /** Resolves when there is room for more, or nobody reads. */
  write(text: string): Promise<void>;
  /** Gives the stream back. */
  release(): void;
}

export function pacedOutput(stream: NodeJS.WritableStream): PacedOutput {
  let isOpen = true;
  /** Ends the wait that is under way. */
  let goOn = (): void => undefined;
  const onDrain = (): void => goOn();
  const onEnd = (): void => {
    isOpen = false;
    goOn();
  };
  stream.on("drain", onDrain).on("error", onEnd).on("close", onEnd);
  return {
    get isOpen() {
      return isOpen;
    },
    async write(text) {
      if (!isOpen || stream.write(text)) return;
      await new Promise<void>((resolve) => (goOn = resolve));
    },
    release: () => void stream.off("drain", onDrain).off("error", onEnd).off("close", onEnd),
  };
}
