/** Figures of the whole school. */
import "../office/office.scss";

export { FiguresScreen } from "./figures-screen.tsx";
