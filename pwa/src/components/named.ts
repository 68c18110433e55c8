/** A pupil as a list writes them. */
export interface Named {
  readonly pupil: string;
  readonly knownAs: string;
  readonly surname: string;
  /** The form's name, "" where it is not known. */
  readonly form: string;
}

/** Order of a register: surname, then the name they go by; those without a name last. */
export function bySurname(a: Named | undefined, b: Named | undefined): number {
  const key = (one: Named | undefined): string => (one === undefined ? "\uffff" : `${one.surname}\u0000${one.knownAs}`);
  return key(a).localeCompare(key(b), "en-GB");
}
