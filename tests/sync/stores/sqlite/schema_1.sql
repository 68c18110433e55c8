-- A database as schema 1 left it: what later versions must be able to open.
PRAGMA page_size=8192;
BEGIN TRANSACTION;
CREATE TABLE channels (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
INSERT INTO channels VALUES(1,'blue');
INSERT INTO channels VALUES(2,'red');
CREATE TABLE docs (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      rev TEXT NOT NULL,
      deleted INTEGER NOT NULL,
      channels TEXT,
      departures TEXT,
      rivals TEXT,
      body BLOB NOT NULL,
      tree BLOB
    ) STRICT;
INSERT INTO docs VALUES(2,'conflicted','2-c',0,'["blue"]','{"red":[2,"2-c"]}','[["2-b",false]]',X'7B226E223A2263227D',X'5B5B322C302C2263222C2261225D2C5B322C302C2262222C2261225D5D');
INSERT INTO docs VALUES(4,'moved','2-12e89294747477f5e943f2dbd01ed38a',0,'["blue"]','{"red":[4,"2-12e89294747477f5e943f2dbd01ed38a"]}',NULL,X'7B226E223A327D',X'5B5B322C302C223132653839323934373437343737663565393433663264626430316564333861222C226533303336643533323565396139303132363536666632386434623062323937225D5D');
INSERT INTO docs VALUES(5,'gone','1-2609ee6ac8fe511e2865acfec082657f',1,'["red"]',NULL,NULL,X'7B7D',NULL);
INSERT INTO docs VALUES(6,'entry','1-x',0,'["red"]',NULL,NULL,X'7B226E223A317D',NULL);
CREATE TABLE feed (
      channel INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      id TEXT NOT NULL,
      rev TEXT NOT NULL,
      PRIMARY KEY (channel, seq)
    ) STRICT, WITHOUT ROWID;
INSERT INTO feed VALUES(1,2,'','');
INSERT INTO feed VALUES(1,4,'','');
INSERT INTO feed VALUES(2,2,'conflicted','2-c');
INSERT INTO feed VALUES(2,4,'moved','2-12e89294747477f5e943f2dbd01ed38a');
INSERT INTO feed VALUES(2,5,'','');
INSERT INTO feed VALUES(2,6,'','');
CREATE TABLE local (
      id TEXT PRIMARY KEY,
      body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO local VALUES('checkpoint',X'7B22736571223A337D');
CREATE TABLE spares (
      id TEXT NOT NULL,
      rev TEXT NOT NULL,
      deleted INTEGER NOT NULL,
      channels TEXT,
      body BLOB NOT NULL,
      PRIMARY KEY (id, rev)
    ) STRICT, WITHOUT ROWID;
INSERT INTO spares VALUES('conflicted','2-b',0,'["red"]',X'7B226E223A2262227D');
CREATE TABLE state (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      epoch TEXT NOT NULL,
      update_seq INTEGER NOT NULL,
      doc_count INTEGER NOT NULL,
      deleted_count INTEGER NOT NULL
    ) STRICT;
INSERT INTO state VALUES(1,'epochone',6,3,1);
pragma user_version=1;
pragma application_id=1416193133;
COMMIT TRANSACTION;
