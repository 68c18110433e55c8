/** The school's tablets: enrolled, heard of, revoked. */
import "../office/office.scss";
import "./tablets.scss";

export { TabletsScreen } from "./tablets-screen.tsx";
