import { expect, test } from "vitest";
import { Autosave, PAUSE_MS } from "../../../../pwa/src/screens/visits/note/autosave.ts";
import type { Kept } from "../../../../pwa/src/screens/visits/note/autosave.ts";

/** A store that a test answers for, and a clock that a test moves. */
class Around {
  readonly saved: string[] = [];
  readonly told: Kept[] = [];
  readonly timers: { work: () => void; ms: number }[] = [];
  problem: string | null = null;
  #release: (() => void)[] = [];
  held = false;

  readonly autosave = new Autosave<string>({
    save: async (value) => {
      if (this.held) await new Promise<void>((done) => this.#release.push(done));
      if (this.problem !== null) throw new Error(this.problem);
      this.saved.push(value);
    },
    tell: (kept) => this.told.push(kept),
    now: () => "2026-11-23T14:32:00.000Z",
    later: (work, ms) => {
      const timer = { work, ms };
      this.timers.push(timer);
      return () => {
        const index = this.timers.indexOf(timer);
        if (index >= 0) this.timers.splice(index, 1);
      };
    },
  });

  /** Let the time pass that was asked for. */
  async pass(): Promise<void> {
    for (const { work } of this.timers.splice(0)) work();
    await settle();
  }

  release(): void {
    for (const done of this.#release.splice(0)) done();
  }
}

async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 0));
}

test("what is typed is kept at the latest a moment after its first letter", async () => {
  const around = new Around();
  for (const text of ["T", "Th", "The"]) around.autosave.change(text);
  expect(around.timers.map(({ ms }) => ms)).toEqual([PAUSE_MS]);
  expect(PAUSE_MS).toBeLessThanOrEqual(400);
  await around.pass();
  expect(around.saved).toEqual(["The"]);
  expect(around.told).toEqual([{ phase: "keeping" }, { phase: "kept", at: "2026-11-23T14:32:00.000Z" }]);
});

test("what is typed while a saving runs is the next one's, and is not called kept before", async () => {
  const around = new Around();
  around.held = true;
  around.autosave.change("The");
  await around.pass();
  around.autosave.change("The f");
  around.held = false;
  around.release();
  await settle();
  await around.pass();
  expect(around.saved).toEqual(["The", "The f"]);
  expect(around.told.filter(({ phase }) => phase === "kept")).toHaveLength(1);
});

test("leaving keeps at once", async () => {
  const around = new Around();
  around.autosave.change("The");
  expect(await around.autosave.flush()).toBe(true);
  expect(around.saved).toEqual(["The"]);
  expect(around.timers).toEqual([]);
  expect(await around.autosave.flush()).toBe(true);
  expect(around.saved).toEqual(["The"]);
});

test("a store that fails is said loudly, and is tried again by itself and at the next letter", async () => {
  const around = new Around();
  around.problem = "This tablet is full.";
  around.autosave.change("The");
  await around.pass();
  expect(around.told.at(-1)).toEqual({ phase: "failed", problem: "This tablet is full." });
  await around.pass();
  expect(around.told.at(-1)).toEqual({ phase: "failed", problem: "This tablet is full." });
  around.autosave.change("The f");
  expect(around.timers.map(({ ms }) => ms)).toEqual([PAUSE_MS]);
  around.problem = null;
  await around.pass();
  expect(around.saved).toEqual(["The f"]);
  expect(around.told.at(-1)).toMatchObject({ phase: "kept" });
});

test("what cannot be kept cannot be called kept by whoever asks", async () => {
  const around = new Around();
  around.problem = "This tablet is full.";
  around.autosave.change("The");
  expect(await around.autosave.flush()).toBe(false);
});

test("a form that was let go keeps nothing more", async () => {
  const around = new Around();
  around.autosave.change("The");
  around.autosave.stop();
  await around.pass();
  expect(around.saved).toEqual([]);
});
