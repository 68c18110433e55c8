/** The school's own clock: dates and times of day in its calendar's time zone, through Intl. */

/** A moment as the school's wall clock and calendar show it. */
export interface LocalMoment {
  /** YYYY-MM-DD */
  date: string;
  /** HH:MM */
  time: string;
}

// Making a formatter costs about a hundred times what using one does.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  formatters.set(timeZone, made);
  return made;
}

/** The school-local date and time of a moment (milliseconds since 1970, or an instant's text). */
export function localMoment(moment: number | string, timeZone: string): LocalMoment {
  const parts = new Map(
    formatter(timeZone)
      .formatToParts(typeof moment === "string" ? Date.parse(moment) : moment)
      .map((part) => [part.type, part.value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? "";
  return {
    date: `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}`,
  };
}

/** The end of the year 2999: the last instant there is. */
const LAST_MS = 32_503_679_999_999;

/** A moment in UTC to the millisecond, as entries carry it; one before 1970, or after the last, is that one. */
export function instant(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), LAST_MS)).toISOString();
}

/** The moment, in milliseconds, at which a school's clock shows a date and time; one that summer time skips is moved on. */
export function momentAt(date: string, time: string, timeZone: string): number {
  const wanted = Date.parse(`${date}T${time}:00.000Z`);
  const shows = (ms: number): number => {
    const there = localMoment(ms, timeZone);
    return Date.parse(`${there.date}T${there.time}:00.000Z`);
  };
  // The zone's distance from UTC at the guess; once more where that guess fell beyond a change.
  const guess = wanted - (shows(wanted) - wanted);
  return guess - (shows(guess) - wanted);
}
