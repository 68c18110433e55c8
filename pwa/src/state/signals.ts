/** The signals that screens read. */
import { batch, computed, signal } from "@preact/signals";
import type { DepartureNews } from "../device/departure.ts";
import { rolesAt } from "../domain/grants.ts";
import type { ShownStatus } from "../domain/concerns.ts";
import { localMoment } from "../domain/time.ts";
import type {
  Card,
  Case,
  CaseSummary,
  Concern,
  Draft,
  DraftOpening,
  Glass,
  Group,
  DraftEnd,
  Held,
  History,
  Me,
  Roll,
  School,
  SharedSupport,
  Sheet,
  Support,
  Unexplained,
  Visit,
} from "../generated/types.ts";
import type { ShownWatch } from "../domain/watches.ts";
import type { VisitDraft } from "../domain/visit-drafts.ts";
import type { Enrolment } from "../store/device.ts";
import { NOTHING_YET } from "./model.ts";
import type { OwnPhoto } from "./photo-desk.ts";
import type { BeyondItem, OutboxItem, SyncStatus } from "./model.ts";

/** Everything that screens read. Only the parts in this folder write it. */
export class Signals {
  readonly me = signal<Me | null>(null);
  readonly school = signal<School | null>(null);
  readonly sheets = signal<ReadonlyMap<string, Sheet>>(new Map());
  readonly cards = signal<ReadonlyMap<string, Card>>(new Map());
  readonly groups = signal<ReadonlyMap<string, Group>>(new Map());
  readonly rolls = signal<ReadonlyMap<string, Roll>>(new Map());
  readonly unexplained = signal<Unexplained | null>(null);
  readonly held = signal<ReadonlyMap<string, Held>>(new Map());
  readonly histories = signal<ReadonlyMap<string, readonly History[]>>(new Map());
  readonly cases = signal<ReadonlyMap<string, Case>>(new Map());
  readonly visits = signal<ReadonlyMap<string, Visit>>(new Map());
  readonly watches = signal<ReadonlyMap<string, ShownWatch>>(new Map());
  readonly concerns = signal<ReadonlyMap<string, Concern>>(new Map());
  readonly concernStatuses = signal<ReadonlyMap<string, ShownStatus>>(new Map());
  readonly supports = signal<ReadonlyMap<string, Support>>(new Map());
  readonly shareds = signal<ReadonlyMap<string, SharedSupport>>(new Map());
  readonly summaries = signal<ReadonlyMap<string, CaseSummary>>(new Map());
  readonly glasses = signal<ReadonlyMap<string, Glass>>(new Map());
  readonly syncedDrafts = signal<ReadonlyMap<string, Draft>>(new Map());
  /** Drafts of visits by draft: one's own. */
  readonly visitDrafts = signal<ReadonlyMap<string, VisitDraft>>(new Map());
  /** Own drafts that were handed in or discarded, by draft. */
  readonly draftEnds = signal<ReadonlyMap<string, DraftEnd>>(new Map());
  /** Drafts that were opened: one's own by somebody, or somebody's by oneself; the latest first. */
  readonly draftOpenings = signal<readonly DraftOpening[]>([]);
  /** Photos that this tablet keeps, by photo: one's own. */
  readonly photos = signal<ReadonlyMap<string, OwnPhoto>>(new Map());
  readonly entries = signal<readonly OutboxItem[]>([]);
  readonly beyond = signal<readonly BeyondItem[]>([]);
  /** How many of this person's entries were erased by law. */
  readonly erased = signal(0);
  readonly status = signal<SyncStatus>(NOTHING_YET);
  /** What the school calls this tablet; null where it is not enrolled. */
  readonly enrolment = signal<Enrolment | null>(null);
  /** The school has revoked this tablet: how far it has come with that. */
  readonly departure = signal<DepartureNews | null>(null);
  /** Why signing in came to nothing on this tablet, in words; null for nothing to say. */
  readonly trouble = signal<string | null>(null);
  readonly ready = signal(false);
  readonly now = signal(Date.now());
  readonly #local = computed(() => localMoment(this.now.value, this.school.value?.calendar.time_zone ?? "Europe/London"));
  readonly today = computed(() => this.#local.value.date);
  readonly nowLocal = computed(() => this.#local.value.time);

  readonly #role = computed(() => {
    const person = this.me.value;
    return person === null ? null : (rolesAt(person.schools[0], person.role, this.now.value).at(-1) ?? person.role);
  });
  /** The same person, in the role they write in now. */
  readonly acting = computed(() => {
    const [person, role] = [this.me.value, this.#role.value];
    return person === null || role === null || person.role === role ? person : { ...person, role };
  });

  /** Nobody is at the tablet: nothing of the person before shows. */
  clear(): void {
    batch(() => {
      this.me.value = null;
      this.school.value = null;
      this.unexplained.value = null;
      this.entries.value = [];
      this.beyond.value = [];
      this.erased.value = 0;
      this.draftOpenings.value = [];
      this.visitDrafts.value = new Map();
      this.draftEnds.value = new Map();
      const { sheets, cards, groups, rolls, held, histories } = this;
      for (const map of [sheets, cards, groups, rolls, held, histories, this.photos]) map.value = new Map();
      const { cases, visits, watches, concerns, concernStatuses, supports, shareds, summaries, glasses, syncedDrafts } = this;
      for (const map of [cases, visits, watches, concerns, concernStatuses]) map.value = new Map();
      for (const map of [supports, shareds, summaries, glasses, syncedDrafts]) map.value = new Map();
      const { storage, updateReady, others } = this.status.peek();
      this.status.value = { ...NOTHING_YET, storage, updateReady, others, message: "" };
    });
  }
}
