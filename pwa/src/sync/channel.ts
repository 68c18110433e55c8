/** What tabs of one person tell each other. Each reads the stores again; no pupil's data passes between them. */

import type { Me } from "../generated/types.ts";
import type { Contact } from "./contact.ts";

export type Message =
  /** Entries, or what became of them, changed. `written`: there is a new one to send. */
  | { about: "entries"; written: boolean }
  /** Drafts of visits changed. `written`: there is something to send. */
  | { about: "drafts"; written: boolean }
  /** Photos, or what became of them, changed. `written`: there is something to send. */
  | { about: "photos"; written: boolean }
  /** Published documents changed; null: another generation, read all of it. */
  | { about: "documents"; ids: readonly string[] | null }
  /** The server told a new name, or other grants, of this person. */
  | { about: "identity"; me: Me }
  /** How the server answered last, as the leading tab saw it. */
  | { about: "contact"; contact: Contact };

/** A BroadcastChannel, or nothing where there is none: then each tab is alone. */
export class TabChannel {
  readonly #channel: BroadcastChannel | null;

  constructor(name: string, hear: (message: Message) => void) {
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
    this.#channel?.addEventListener("message", (event: MessageEvent<Message>) => hear(event.data));
  }

  tell(message: Message): void {
    this.#channel?.postMessage(message);
  }

  close(): void {
    this.#channel?.close();
  }
}
