export { EntriesScreen } from "./entries.tsx";
export { DecidedNotice } from "./decided-notice.tsx";
export { unseen, useSeen } from "./seen.ts";
