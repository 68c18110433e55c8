/** "Amend these to O": one action of a named person over many cells, each in its own session. */
import { tidy } from "../../../components/text.ts";
import type { Claim, NewBody } from "../../../domain/entry.ts";
import type { UnexplainedLine } from "../day/shapes.ts";

/** Lines on which the five school days are used up: the only ones that the action is offered for. */
export function canBecomeO(line: UnexplainedLine): boolean {
  return line.state === "due" || line.state === "overdue";
}

/** One entry a session, since the claims of one entry lie in one session of one date. */
export function amendToO(lines: readonly UnexplainedLine[], reason: string, observedAt: string): NewBody[] {
  const sessions = new Map<string, UnexplainedLine[]>();
  for (const line of lines) {
    const key = `${line.date} ${line.session}`;
    sessions.set(key, [...(sessions.get(key) ?? []), line]);
  }
  return [...sessions.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const claims = group.map(
      (line): Claim => ({
        pupil: line.who.pupil,
        code: "O",
        observed_at: observedAt,
        replaces: [...line.replaces],
      }),
    );
    return [{ kind: "mark.amended" as const, date: first.date, session: first.session, claims, reason: tidy(reason) }];
  });
}
