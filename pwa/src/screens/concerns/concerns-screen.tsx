// Concerns: each of its pages, by the path.
import type { JSX } from "preact";
import { ConcernScreen } from "./concern-screen.tsx";
import { ListsScreen } from "./lists-screen.tsx";
import { MineScreen } from "./mine-screen.tsx";
import { NewScreen } from "./new-screen.tsx";
import { PupilPage } from "./pupil-page.tsx";

/** `tail`: what follows "/concerns/" in the path. */
export function ConcernsScreen({ tail }: { tail: string }): JSX.Element {
  const [first = "", second = ""] = tail.split("/").map(decodeURIComponent);
  if (first === "new") return <NewScreen />;
  if (first === "mine") return <MineScreen concern={second} />;
  if (first === "pupil") return <PupilPage pupil={second} />;
  return first === "" ? <ListsScreen /> : <ConcernScreen name={first} key={first} />;
}
