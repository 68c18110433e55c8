// What stands in the place of an answer that is not there yet, or cannot be had.
import type { JSX } from "preact";
import type { Asked } from "./asked.ts";
import { Button } from "./button.tsx";

/** Nothing once there is an answer and no trouble. */
export function AskedState({ asked }: { asked: Asked<unknown> }): JSX.Element | null {
  const { value, trouble, asking, again } = asked;
  if (trouble !== null) {
    return (
      <div class="tm-panel tm-panel--warning tm-row tm-spread" role="alert">
        <span>
          {trouble} {value === null ? "" : "What you see is the last that was heard."}
        </span>
        <Button small kind="secondary" onClick={again}>
          Ask again
        </Button>
      </div>
    );
  }
  return value === null && asking ? <p role="status">Asking the server…</p> : null;
}
