// Times on the school's own clock, as the screens write them.
import { computed } from "@preact/signals";
import { localMoment } from "../domain/time.ts";
import { school } from "../state/app.ts";
import { shortDate } from "./text.ts";

/** The school's time zone; until the school is known, England's. */
export const timeZone = computed(() => school.value?.calendar.time_zone ?? "Europe/London");

/** The school's time of day of an instant: "08:52". */
export function clock(instant: string, zone: string = timeZone.value): string {
  return localMoment(instant, zone).time;
}

/** "08:52" on `today`; with the day on any other: "Fri 20 Nov, 08:52". */
export function moment(instant: string, today: string, zone: string = timeZone.value): string {
  const { date, time } = localMoment(instant, zone);
  return date === today ? time : `${shortDate(date)}, ${time}`;
}
