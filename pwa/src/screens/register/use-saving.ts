// Saving a register: the questions in order (unmarked pupils, then reasons), and how it went.
import { useState } from "preact/hooks";
import { announce } from "../../components/announcer.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { count } from "../../components/text.ts";
import { inWords } from "./marks.ts";
import type { Counts } from "./marks.ts";
import { paperErrors } from "./paper-panel.tsx";
import type { Reasons } from "./saving.ts";
import type { OpenRegister } from "./use-register.ts";

/** What is asked at the moment. */
export type Question = "unmarked" | "reasons" | "child" | "discard";

/** The state of saving, and its steps. */
export interface Saving {
  readonly question: Question | null;
  readonly busy: boolean;
  /** What was done, in a sentence, until the next act. */
  readonly done: { title: string; text: string } | null;
  readonly errors: readonly FormError[];
  readonly paperErrors: readonly FormError[];
  readonly ask: (question: Question | null) => void;
  /** The Save button. */
  readonly begin: () => void;
  /** After the question about unmarked pupils. */
  readonly goOn: () => void;
  readonly write: (reasons: Reasons) => void;
  readonly fill: () => void;
  readonly report: (title: string, text: string) => void;
}

function savedWords(counts: Counts, guests: number): string {
  return guests === 0 ? inWords(counts) : `${inWords(counts)}; and ${guests} not on the list`;
}

/** One per open register. */
export function useSaving({ acts, form, counts }: OpenRegister): Saving {
  const [question, ask] = useState<Question | null>(null);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<Saving["done"]>(null);
  const [errors, setErrors] = useState<FormError[]>([]);
  const [paperWrong, setPaperWrong] = useState<FormError[]>([]);

  const save = async (reasons: Reasons): Promise<void> => {
    ask(null);
    setBusy(true);
    const { problem, counts: saved, guests } = await acts.save(reasons);
    setBusy(false);
    const text = `Not everything is saved: ${problem} What is not saved is still in the form.`;
    setErrors(problem === null ? [] : [{ field: "main", text }]);
    setDone(problem === null ? { title: "Saved", text: savedWords(saved, guests) } : null);
  };
  const write = (reasons: Reasons): void => void save(reasons);
  const goOn = (): void => {
    if (acts.amended().length > 0) ask("reasons");
    else write({});
  };
  return {
    question,
    busy,
    done,
    errors,
    paperErrors: paperWrong,
    ask,
    begin: () => {
      const wrong = paperErrors(form.paper);
      setPaperWrong(wrong);
      setDone(null);
      if (wrong.length > 0) return;
      if (counts.unmarked > 0) ask("unmarked");
      else goOn();
    },
    goOn,
    write,
    fill: () => {
      setDone(null);
      announce(`${count(acts.fillBlanks(), "blank")} filled as present`);
    },
    report: (title, text) => setDone({ title, text }),
  };
}
