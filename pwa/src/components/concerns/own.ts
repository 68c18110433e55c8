/** A person's own concerns, and how far each has come. Pure. */
import type { BodyOf } from "../../domain/entry.ts";
import type { ShownStatus } from "../../domain/concerns.ts";
import type { OutboxItem } from "../../state/model.ts";

/**
 * `here`: only on this tablet. `refused`: the server would not take it. `held`: it has it, does not
 * let it stand by itself, and nobody has acknowledged it. `received`, `acknowledged`: as they say.
 */
export type Stage = "here" | "refused" | "held" | "received" | "acknowledged";

export interface OwnConcern {
  readonly concern: string;
  readonly entry: string;
  readonly body: BodyOf<"concern.raised">;
  readonly stage: Stage;
  readonly receivedAt: string | null;
  /** In words; null while nobody knows. */
  readonly goesTo: string | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: string | null;
  /** Why it is held, or refused. */
  readonly reason: string | null;
}

/** Newest first, as the entries are. */
export function ownConcerns(
  entries: readonly OutboxItem[],
  statuses: ReadonlyMap<string, ShownStatus>,
): OwnConcern[] {
  return entries.flatMap(({ id, body, state, receivedAt, reason }) => {
    if (body.kind !== "concern.raised") return [];
    const status = statuses.get(body.concern) ?? null;
    const known = status !== null && status.entry === id ? status : null;
    return [
      {
        concern: body.concern,
        entry: id,
        body,
        stage: stageOf(state, known),
        receivedAt: known?.received_at ?? receivedAt,
        goesTo: known?.goes_to ?? null,
        acknowledgedBy: known?.acknowledged_by ?? null,
        acknowledgedAt: known?.acknowledged_at ?? null,
        reason: known?.held ?? reason,
      },
    ];
  });
}

function stageOf(state: OutboxItem["state"], status: ShownStatus | null): Stage {
  if (status !== null && status.state !== "new") return "acknowledged";
  if (state === "waiting") return "here";
  if (state === "refused") return "refused";
  return state === "held" || status?.held ? "held" : "received";
}

/** Those that nobody who answers for the child may know of yet. */
export function isLoud({ stage }: OwnConcern): boolean {
  return stage === "here" || stage === "refused" || stage === "held";
}
