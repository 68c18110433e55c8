/** Pupils granted by name. */
export { PupilsScreen } from "./pupils-screen.tsx";
