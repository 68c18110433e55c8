/** Whether the browser may clear this tablet's data by itself when space runs short. */

export type Persistence = "persistent" | "best-effort" | "unknown";

/** Ask the browser to keep the data. Some ask the person, some decide by how the app is used. */
export async function askToPersist(storage: StorageManager | undefined): Promise<Persistence> {
  if (storage?.persist === undefined) return "unknown";
  try {
    return (await storage.persisted()) || (await storage.persist()) ? "persistent" : "best-effort";
  } catch {
    return "unknown";
  }
}
