/** What keeps a child from school, by category, in plain words. */
import type { Barrier } from "../generated/types.ts";

export const BARRIERS: Readonly<Record<Barrier["category"], string>> = {
  health: "A child’s health",
  anxiety: "Anxiety or mood",
  bullying: "Bullying",
  learning: "Learning or special needs",
  transport: "Transport",
  caring: "Caring for somebody",
  housing: "Housing",
  money: "Money",
  parent_health: "A parent’s health",
  relationship: "Relationship with the school",
  other: "Other",
};
