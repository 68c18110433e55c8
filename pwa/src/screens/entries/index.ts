export { EntriesScreen } from "./entries.tsx";
