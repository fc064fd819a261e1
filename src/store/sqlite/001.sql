-- A series: one instrument as one source has it. What makes it another series is in the key.
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    instrument TEXT NOT NULL,
    source TEXT NOT NULL,
    symbol TEXT NOT NULL,
    currency TEXT NOT NULL, -- '' where unknown
    venue TEXT NOT NULL, -- '' for the instrument's own
    basis TEXT NOT NULL,
    name TEXT, -- what the source says of an instrument outside the catalogue
    kind TEXT,
    decimals INTEGER,
    raw INTEGER NOT NULL, -- 1: closes as traded, splits not taken out
    covered_from INTEGER NOT NULL, -- days since 1970, as all dates: asked for without a gap from here
    covered_to INTEGER NOT NULL, -- to here
    began_at INTEGER NOT NULL, -- first fetched: seconds since 1970, as all instants
    fetched_at INTEGER NOT NULL, -- last fetched
    told INTEGER NOT NULL DEFAULT 0, -- 1: there are splits, notes, odd ranges or changes of basis of it
    latest_session INTEGER, -- the newest value, if it was live
    latest_close REAL,
    latest_low REAL,
    latest_high REAL,
    latest_stamp INTEGER,
    latest_fetched_at INTEGER,
    UNIQUE (instrument, source, symbol, currency, venue, basis, raw)
) STRICT;

-- The version in use of each settled close.
CREATE TABLE close (
    series INTEGER NOT NULL,
    session INTEGER NOT NULL,
    close REAL NOT NULL,
    fetched_at INTEGER NOT NULL, -- first seen
    PRIMARY KEY (series, session)
) STRICT, WITHOUT ROWID;

-- The same for closes that came after all others of their series, until they are many: a day's closes of
-- many series fill a page here and change one of each series there. No session is in both.
CREATE TABLE recent (
    series INTEGER NOT NULL,
    session INTEGER NOT NULL,
    close REAL NOT NULL,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (series, session)
) STRICT, WITHOUT ROWID;

CREATE VIEW used AS
SELECT series, session, close, fetched_at FROM close
UNION ALL SELECT series, session, close, fetched_at FROM recent;

-- Versions that are no longer used.
CREATE TABLE revision (
    series INTEGER NOT NULL,
    session INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    replaced_at INTEGER NOT NULL,
    close REAL NOT NULL,
    PRIMARY KEY (series, session, fetched_at, replaced_at, close)
) STRICT, WITHOUT ROWID;

-- When a series moved to another basis, by which factor.
CREATE TABLE rebase (
    series INTEGER NOT NULL,
    at INTEGER NOT NULL,
    factor REAL NOT NULL,
    PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;

-- Splits that a source told of.
CREATE TABLE split (
    series INTEGER NOT NULL,
    session INTEGER NOT NULL, -- the first on the new basis
    factor REAL NOT NULL, -- new shares for one old
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (series, session)
) STRICT, WITHOUT ROWID;

-- When a series was fetched without bringing a close newer than what was covered; of the other times its
-- closes tell.
CREATE TABLE asked (
    series INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;

-- What a source or the reading of its answer told of a series.
CREATE TABLE note (
    series INTEGER NOT NULL,
    place INTEGER NOT NULL, -- the order in which they were told
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    until_at INTEGER, -- not in force from then on
    PRIMARY KEY (series, place)
) STRICT, WITHOUT ROWID;

-- Low and high of sessions whose close lies outside of them.
CREATE TABLE odd_range (
    series INTEGER NOT NULL,
    session INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    close REAL NOT NULL, -- the version that they were told with
    low REAL,
    high REAL,
    until_at INTEGER, -- not in force from then on
    PRIMARY KEY (series, session, told_at)
) STRICT, WITHOUT ROWID;

-- For people and other programs: read these, not the tables.
CREATE VIEW closes AS
SELECT s.instrument, s.source, s.symbol, date(c.session * 86400, 'unixepoch') AS session, c.close,
    nullif(s.currency, '') AS currency, s.basis,
    strftime('%Y-%m-%dT%H:%M:%SZ', c.fetched_at, 'unixepoch') AS fetched_at
FROM close AS c JOIN series AS s ON s.id = c.series
UNION ALL
SELECT s.instrument, s.source, s.symbol, date(c.session * 86400, 'unixepoch') AS session, c.close,
    nullif(s.currency, '') AS currency, s.basis,
    strftime('%Y-%m-%dT%H:%M:%SZ', c.fetched_at, 'unixepoch') AS fetched_at
FROM recent AS c JOIN series AS s ON s.id = c.series;

CREATE VIEW revisions AS
SELECT s.instrument, s.source, s.symbol, date(r.session * 86400, 'unixepoch') AS session, r.close,
    strftime('%Y-%m-%dT%H:%M:%SZ', r.fetched_at, 'unixepoch') AS fetched_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', r.replaced_at, 'unixepoch') AS replaced_at
FROM revision AS r JOIN series AS s ON s.id = r.series;
