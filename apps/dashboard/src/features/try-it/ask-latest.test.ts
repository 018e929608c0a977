/** Sliders that move faster than a network answers. */
import { expect, test } from "vitest";
import { askLatest } from "./ask-latest";

/** Answers when the test says so. */
function slowAnswers() {
  const asked: { question: number; answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const told: string[] = [];
  const asker = askLatest<number, string>({
    ask: (question) =>
      new Promise((answer, fail) => {
        asked.push({ question, answer, fail });
      }),
    onAnswer: (answer, question) => told.push(`${question}: ${answer}`),
    onFailure: ({ message }, question) => told.push(`${question} failed: ${message}`),
    pause: () => Promise.resolve(),
  });
  return { asker, asked, told };
}

/** Until all promises that can go on have gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("while an answer is on its way, only the last of many questions waits", async () => {
  const { asker, asked, told } = slowAnswers();
  for (const question of [1, 2, 3, 4]) asker.want(question);
  expect(asked.map(({ question }) => question)).toEqual([1]);
  asked[0]!.answer("a");
  await settled();
  expect(asked.map(({ question }) => question)).toEqual([1, 4]);
  asked[1]!.answer("b");
  await settled();
  expect(told).toEqual(["1: a", "4: b"]);
  asker.want(5);
  expect(asked).toHaveLength(3);
});

test("a failure is told and the next question asked; after stop nothing is told", async () => {
  const { asker, asked, told } = slowAnswers();
  asker.want(1);
  asker.want(2);
  asked[0]!.fail(new Error("no picture"));
  await settled();
  expect(told).toEqual(["1 failed: no picture"]);
  asker.stop();
  asked[1]!.answer("late");
  asker.want(3);
  await settled();
  expect(told).toEqual(["1 failed: no picture"]);
  expect(asked).toHaveLength(2);
});
