/** What became of a photo of one's own, in words. Pure. */
import type { OwnPhoto } from "../../state/app.ts";

export interface PhotoWords {
  title: string;
  text: string | null;
  /** Somebody may have to do something. */
  loud: boolean;
}

/** `offline`: the server cannot be reached now. */
export function photoWords({ state, reason, share }: OwnPhoto, offline: boolean): PhotoWords {
  switch (state) {
    case "waiting":
      return {
        title: "On this tablet",
        text: offline ? "It is sent when there is a signal, after everything you wrote." : "It is sent after everything you wrote.",
        loud: false,
      };
    case "sending":
      return { title: `Sending: ${Math.round(share * 100)}%`, text: offline ? "It goes on from there when there is a signal." : null, loud: false };
    case "trouble":
      return {
        title: "Not sent yet",
        text: `${reason ?? "Something went wrong."} It is kept on this tablet and tried again by itself.`,
        loud: true,
      };
    case "held":
      return { title: "Held", text: `${reason ?? "Somebody has to look at it."} It is kept on this tablet.`, loud: true };
    case "stored":
      return { title: "Received", text: null, loud: false };
  }
}
