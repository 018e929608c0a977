/** Live answers to what changes faster than it is answered: always one question at a time, and always for what is wanted by then. */

export interface LatestAsker<Question> {
  /** What was wanted before and not yet asked is forgotten. */
  want(question: Question): void;
  /** Nothing is told any more. */
  stop(): void;
}

export interface AskLatestOptions<Question, Answer> {
  readonly ask: (question: Question) => Promise<Answer>;
  readonly onAnswer: (answer: Answer, question: Question) => void;
  readonly onFailure: (error: Error, question: Question) => void;
  /** Waits between an answer and the next question: for the next frame, say. */
  readonly pause: () => Promise<unknown>;
}

export function askLatest<Question, Answer>(
  options: AskLatestOptions<Question, Answer>,
): LatestAsker<Question> {
  const { ask, onAnswer, onFailure, pause } = options;
  let wanted: { readonly question: Question } | null = null;
  let isAsking = false;
  let isOver = false;
  const askOn = async () => {
    isAsking = true;
    while (wanted !== null && !isOver) {
      const { question } = wanted;
      wanted = null;
      try {
        const answer = await ask(question);
        if (!isOver) onAnswer(answer, question);
      } catch (error) {
        if (!isOver) onFailure(error as Error, question);
      }
      await pause();
    }
    isAsking = false;
  };
  return {
    want(question) {
      wanted = { question };
      if (!isAsking) void askOn();
    },
    stop() {
      isOver = true;
    },
  };
}

export const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
