/**
 * What the office's page shows, as data: every figure and line of "the school at 09:30".
 *
 * The page is drawn from these alone, so everything that it says is tested without a browser.
 */
import type {
  Card,
  Cell,
  Group,
  PublishedClaim,
  Roll,
  RollMark,
  School,
  Sheet,
  SheetRow,
  Unexplained,
} from "../../../generated/types.ts";
import type { Session } from "../../../domain/entry.ts";

export type { Session } from "../../../domain/entry.ts";

/** When a tablet was last heard, and how many entries it still had to send (`/_contacts`). */
export interface Contact {
  readonly person: string;
  readonly name: string;
  readonly device: string;
  readonly last_contact: string;
  readonly waiting: number;
}

/** Everything the page is computed from. `contacts` is null while they cannot be asked for. */
export interface DayInput {
  readonly date: string;
  readonly session: Session;
  readonly sheets: Iterable<Sheet>;
  readonly rolls: Iterable<Roll>;
  readonly cards: ReadonlyMap<string, Card>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly school: School;
  readonly unexplained: Unexplained | null;
  /** Claims that an entry of this device, not yet answered, has already replaced. */
  readonly replacedHere: ReadonlySet<string>;
  readonly contacts: readonly Contact[] | null;
  /** Milliseconds since 1970, corrected by the server's offset. */
  readonly now: number;
}

/** Who a pupil is, in words. */
export interface Who {
  readonly pupil: string;
  readonly name: string;
  /** For sorting: surname first. */
  readonly sort: string;
  readonly form: string;
  readonly year: string;
}

/** A pupil's cell in one session, from the newest sheet that shows it. */
export interface PupilCell {
  readonly pupil: string;
  readonly sheet: Sheet;
  readonly row: SheetRow;
  readonly cell: Cell;
  readonly claims: readonly PublishedClaim[];
}

/** How late a register is: before its time, open, or so many minutes after closing. */
export type Lateness =
  | { readonly kind: "upcoming"; readonly opens: string }
  | { readonly kind: "open"; readonly closes: string }
  | { readonly kind: "late"; readonly minutes: number }
  | { readonly kind: "earlier_day" };

export interface RegisterLine {
  readonly group: string;
  readonly name: string;
  readonly room: string;
  readonly extension: string | null;
  readonly taker: string | null;
  readonly takerName: string;
  /** True when somebody else than the group's teacher takes it this time. */
  readonly reassigned: boolean;
  readonly state: "in" | "part" | "missing";
  readonly lateness: Lateness;
  readonly unmarked: readonly Who[];
  /** The taker's tablet that was heard last; null when none ever was or contacts are not known. */
  readonly lastHeard: Contact | null;
}

export interface LastSeen {
  readonly date: string;
  readonly session: Session;
  readonly code: string;
  /** The claim that saw them, where its sheet is held. */
  readonly claim: PublishedClaim | null;
}

export interface FindLine {
  readonly who: Who;
  readonly at: PupilCell;
  /** The `N` that put the pupil on this list. */
  readonly claim: PublishedClaim;
  readonly contested: boolean;
  readonly absentInARow: number;
  /** True when the strip of earlier sessions ends before a session attended. */
  readonly atLeast: boolean;
  readonly lastSeen: LastSeen | null;
  /** Here earlier on the same day, and now not: the first to look for. */
  readonly missingSinceArriving: boolean;
  readonly parentMessage: string | null;
  readonly askOffice: boolean;
  readonly proposed: Proposal | null;
}

/** A code that somebody's words point to; a person decides. */
export interface Proposal {
  readonly code: string;
  readonly because: string;
}

export interface ContestLine {
  readonly who: Who;
  readonly at: PupilCell;
  /** The claims that contradict each other, oldest observed first. */
  readonly claims: readonly PublishedClaim[];
  /** Claims that one of those refines: said earlier, contradicting nobody. */
  readonly joined: readonly PublishedClaim[];
}

export interface RecheckLine {
  readonly who: Who;
  readonly at: PupilCell;
  readonly arrival: PublishedClaim;
  readonly absent: PublishedClaim;
  readonly contested: boolean;
}

export interface OffSiteLine {
  readonly who: Who;
  readonly at: PupilCell;
  readonly code: string;
  /** Where the code comes from: a plan's source, else who marked it. */
  readonly source: string;
  /** False while the code is only planned and nobody has marked the session. */
  readonly marked: boolean;
}

/** `due`: which of five school days today is for this `N`. */
export interface UnexplainedLine {
  readonly key: string;
  readonly who: Who;
  readonly date: string;
  readonly session: Session;
  readonly due: string | null;
  /** School days from today to the due day; 0 today, negative once it has passed. */
  readonly daysLeft: number | null;
  readonly state: "open" | "warning" | "due" | "overdue";
  readonly parentMessage: string | null;
  readonly proposed: Proposal | null;
  /** What an amendment replaces: exactly what this line shows, and all that it had replaced. */
  readonly replaces: readonly string[];
}

export interface SilentTablet {
  readonly person: string;
  readonly name: string;
  readonly device: string | null;
  readonly lastContact: string | null;
  readonly waiting: number;
  /** The names of registers of this session that this person still has to send. */
  readonly registers: readonly string[];
}

export type Headcount = Readonly<Record<RollMark["state"], number>> & { readonly roll: number };

export interface Figures {
  readonly registersIn: number;
  readonly registersPart: number;
  readonly registersExpected: number;
  readonly marked: number;
  readonly contested: number;
  readonly onRoll: number;
  /** Hundredths of a percent, provisional; null while nothing is countable. */
  readonly rate: number | null;
}

/** Another session with something still to do. */
export interface EarlierLine {
  readonly date: string;
  readonly session: Session;
  readonly contested: number;
  readonly missing: number;
}

/** The whole page. */
export interface SchoolDay {
  readonly date: string;
  readonly session: Session;
  readonly isToday: boolean;
  /** The moment the page was computed for, milliseconds since 1970. */
  readonly now: number;
  readonly schoolDay: boolean;
  /** The newest document behind the figures, as an instant; null when there is none. */
  readonly asAt: string | null;
  readonly figures: Figures;
  readonly registers: readonly RegisterLine[];
  readonly missing: readonly RegisterLine[];
  readonly part: readonly RegisterLine[];
  readonly toFind: readonly FindLine[];
  readonly contested: readonly ContestLine[];
  readonly rechecks: readonly RecheckLine[];
  readonly offSite: readonly OffSiteLine[];
  readonly unexplained: readonly UnexplainedLine[];
  readonly silent: readonly SilentTablet[] | null;
  readonly headcount: Headcount;
  readonly earlier: readonly EarlierLine[];
}
