/** Concerns: whom to ring, raising one, and answering for them. */
import "./concerns.scss";

export { ConcernsScreen } from "./concerns-screen.tsx";
