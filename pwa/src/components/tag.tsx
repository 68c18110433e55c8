// A short state in words. The colour repeats what the words say.
import type { ComponentChildren, JSX } from "preact";

/** What a tag's colour repeats. */
export type Tone =
  | "plain"
  | "quiet"
  | "success"
  | "warning"
  | "alert"
  | "check"
  | "here"
  | "late"
  | "away"
  | "elsewhere";

/** A state, a badge. */
export function Tag({ tone = "plain", children }: { tone?: Tone; children: ComponentChildren }): JSX.Element {
  return <strong class={tone === "plain" ? "govuk-tag" : `govuk-tag tm-tag--${tone}`}>{children}</strong>;
}
