-- The index of a data folder. Keys are the key's UTF-8 bytes, so that their order is S3's.
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS bucket (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: marks of a deleted bucket may outlive it by a second
  name TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL, -- milliseconds since 1970
  owner TEXT NOT NULL,
  versioning TEXT NOT NULL,
  settings TEXT NOT NULL, -- JSON object of strings
  objects INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  quota INTEGER
);

-- The current version of each key, or the delete marker that is current.
CREATE TABLE IF NOT EXISTS object (
  bucket INTEGER NOT NULL,
  key BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  version TEXT NOT NULL,
  marker INTEGER NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified INTEGER NOT NULL,
  meta TEXT NOT NULL,
  blocks BLOB, -- CRC32C of each MiB, four bytes each, big-endian; NULL where nobody has read the file yet
  file INTEGER NOT NULL,
  odd INTEGER NOT NULL, -- 1: no path can express the key
  inline INTEGER NOT NULL, -- 1: the bytes are in table body
  PRIMARY KEY (bucket, key)
) WITHOUT ROWID;

-- Noncurrent versions and delete markers.
CREATE TABLE IF NOT EXISTS version (
  bucket INTEGER NOT NULL,
  key BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  version TEXT NOT NULL,
  marker INTEGER NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified INTEGER NOT NULL,
  meta TEXT NOT NULL,
  blocks BLOB,
  file INTEGER NOT NULL,
  odd INTEGER NOT NULL,
  inline INTEGER NOT NULL,
  placed INTEGER NOT NULL, -- 1: its file is known to be in the bucket's folder of versions
  PRIMARY KEY (bucket, key, sequence DESC)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS version_unplaced ON version (bucket, key) WHERE placed = 0;

-- Bytes of small objects that are not in a file yet.
CREATE TABLE IF NOT EXISTS body (
  file INTEGER PRIMARY KEY,
  bucket INTEGER NOT NULL,
  key BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  bytes BLOB NOT NULL
);

-- Keys whose files may disagree with their rows, and file numbers that have no row any more.
CREATE TABLE IF NOT EXISTS unsettled (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bucket INTEGER NOT NULL,
  key BLOB NOT NULL,
  gone INTEGER, -- a file number without a row, or NULL
  plain INTEGER NOT NULL -- 1: the row that went was current and kept at the key's plain path
);

CREATE TABLE IF NOT EXISTS upload (
  id TEXT PRIMARY KEY,
  bucket INTEGER NOT NULL,
  key BLOB NOT NULL,
  initiated INTEGER NOT NULL,
  meta TEXT NOT NULL,
  algorithm TEXT,
  type TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS upload_key ON upload (bucket, key, id);

CREATE TABLE IF NOT EXISTS part (
  upload TEXT NOT NULL,
  number INTEGER NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified INTEGER NOT NULL,
  checksums TEXT NOT NULL,
  blocks BLOB NOT NULL,
  file INTEGER NOT NULL,
  PRIMARY KEY (upload, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS part_file ON part (file);
