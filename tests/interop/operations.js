// What the tests have stock PouchDB do, in Node and in a browser alike: names in, plain values out.
"use strict";

globalThis.operations = (PouchDB, adapter) => {
  const databases = new Map();
  const running = new Map();

  /** A database by its name, or by its address. */
  const at = (name) => {
    const options = name.startsWith("http") || adapter === undefined ? {} : { adapter };
    if (!databases.has(name)) databases.set(name, new PouchDB(name, options));
    return databases.get(name);
  };

  /** One leaf as every server must have it. `revpos` is each server's own. */
  const leaf = ({ _id, _rev, _deleted, _revisions, _attachments, ...body }) => ({
    id: _id,
    rev: _rev,
    deleted: _deleted ?? false,
    history: _revisions.ids.map((id, back) => `${_revisions.start - back}-${id}`),
    body,
    attachments: Object.entries(_attachments ?? {})
      .map(([name, { content_type: type, digest, data }]) => [name, type, digest, data])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  });

  /** What a replication says of itself. */
  const outcome = ({ ok, status, docs_read: read, docs_written: written, doc_write_failures: failed, errors }) => ({
    ok,
    status,
    read,
    written,
    failed,
    errors: errors.map(String),
  });

  return {
    /** Store documents as edits; the rows that answer them. */
    write: (name, docs) => at(name).bulkDocs(docs),

    /** Store documents as a replicator does, with histories of their own; the rows that failed. */
    graft: (name, docs) => at(name).bulkDocs(docs, { new_edits: false }),

    /** One document; null where there is none. */
    read: (name, id, options = {}) =>
      at(name)
        .get(id, options)
        .catch((error) => {
          if (error.status === 404) return null;
          throw error;
        }),

    /** Every leaf of every document, deleted ones too, with bodies, histories and attachments. */
    leaves: async (name) => {
      const { results } = await at(name).changes({ since: 0, style: "all_docs" });
      const docs = results.flatMap(({ id, changes }) => changes.map(({ rev }) => ({ id, rev })));
      if (docs.length === 0) return [];
      const { results: rows } = await at(name).bulkGet({ docs, revs: true, attachments: true });
      return rows
        .flatMap((row) => row.docs.map(({ ok }) => leaf(ok)))
        .toSorted((a, b) => (a.id === b.id ? (a.rev < b.rev ? -1 : 1) : a.id < b.id ? -1 : 1));
    },

    /** Replicate once, one way. */
    replicate: async (source, target, options = {}) =>
      outcome(await PouchDB.replicate(at(source), at(target), options)),

    /** Keep two databases in step until `stop`. */
    start: (one, other) => {
      const sync = at(one).sync(at(other), { live: true, retry: true });
      sync.catch(() => undefined);
      running.set(`${one} ${other}`, sync);
    },

    stop: async (one, other) => {
      const sync = running.get(`${one} ${other}`);
      const ended = new Promise((resolve) => sync.on("complete", resolve).on("error", resolve));
      sync.cancel();
      await ended;
    },

    info: (name) => at(name).info(),

    /** Let go of a database, and of all in it. */
    destroy: async (name) => {
      await at(name).destroy();
      databases.delete(name);
    },
  };
};
