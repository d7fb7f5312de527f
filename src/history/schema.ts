/**
 * The tables of the history file, as a list of migrations: `user_version` counts those already done. A migration
 * that has been released is never edited; a change is a new entry at the end.
 */

import type { DatabaseSync } from 'node:sqlite'
import { SidecarError } from '../errors.ts'
import { accessTables } from './access-tables.ts'

/** "vedt": marks the file as ours, so that another program's database is refused rather than written into. */
const applicationId = 0x76656474

/**
 * Brings an opened database to the newest schema and tells whether it was empty before. Takes the write lock
 * first: of two processes that open at once, the second waits and then finds nothing left to do.
 */
export function migrate(database: DatabaseSync, file: string): { fresh: boolean } {
  if (assertOurs(database, file) === migrations.length) return { fresh: false }
  database.exec('begin immediate')
  try {
    const done = assertOurs(database, file)
    for (const migration of migrations.slice(done)) database.exec(migration)
    database.exec(`pragma application_id = ${applicationId}; pragma user_version = ${migrations.length}; commit`)
    return { fresh: done === 0 }
  } catch (thrown) {
    if (database.isTransaction) database.exec('rollback')
    throw thrown
  }
}

/**
 * Answers how many migrations a database has had, or throws when it is not a history this release can write. Called
 * before anything is changed, the journal mode included: a foreign file must stay as it is, byte for byte.
 */
export function assertOurs(database: DatabaseSync, file: string): number {
  const done = pragma(database, 'user_version')
  const id = pragma(database, 'application_id')
  const tables = database.prepare('select count(*) as n from sqlite_schema').get()?.n
  const empty = done === 0 && id === 0 && tables === 0
  if (!empty && id !== applicationId) {
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', `history ${file} belongs to another program`, {
      details: { file },
    })
  }
  if (done > migrations.length) {
    const message = `history ${file} was written by a newer release (schema ${done}, this one knows ${migrations.length})`
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', message, { details: { file } })
  }
  return done
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`pragma ${name}`).get()?.[name] ?? 0)
}

/**
 * Versions are append-only by the database itself, not by good manners. The insert trigger closes the one way
 * around the other two: `insert or replace` deletes a row without firing delete triggers.
 */
const versionsAndAttempts = `
create table versions (
  number   integer primary key,
  sha256   text not null check (length(sha256) = 64),
  author   text not null,
  time_ms  integer not null,
  comment  text not null,
  source   text not null check (source in ('page', 'api', 'cli', 'file', 'signal', 'rollback', 'revert')),
  parent   integer references versions (number),
  text     text not null
) strict;
create trigger versions_are_numbered_in_order before insert on versions
when new.number <> (select coalesce(max(number), 0) + 1 from versions)
begin select raise(abort, 'a version takes the next number and replaces none'); end;
create trigger versions_never_change before update on versions
begin select raise(abort, 'versions are immutable'); end;
create trigger versions_never_go before delete on versions
begin select raise(abort, 'versions are immutable'); end;

create table rejections (
  id       integer primary key autoincrement,
  time_ms  integer not null,
  source   text not null,
  author   text not null,
  sha256   text not null,
  problems text not null
) strict;
-- A watched file that is saved broken again and again must not fill the disk.
create trigger rejections_are_bounded after insert on rejections
begin delete from rejections where id <= new.id - 1000; end;

create table pending (
  one         integer primary key check (one = 1),
  version     integer not null references versions (number),
  deadline_ms integer not null,
  revert_to   integer not null references versions (number)
) strict;
`

/**
 * What backends showed, a row for each different sight. Certificates stand beside them, each once: a chain is mostly the
 * same intermediates over and over. How many rows there may be is decided in sightings.ts, where they are written.
 */
const sightingsAndUses = `
create table sightings (
  id            integer primary key,
  authority     text not null,
  digest        text not null,
  first_seen_ms integer not null,
  last_seen_ms  integer not null,
  count         integer not null,
  outcome       text not null check (outcome in ('trusted', 'allowed', 'refused')),
  would_refuse  integer not null,
  because       text not null,
  findings      text not null,
  rule          text not null,
  version       integer not null,
  address       text not null,
  server_name   text not null,
  protocol      text not null,
  cipher        text not null,
  key_exchange  text not null,
  stapled       integer not null,
  spki_sha256   text not null,
  not_after_ms  integer,
  presented     integer not null,
  unique (authority, digest)
) strict;
create index sightings_by_time on sightings (last_seen_ms);

create table certificates (
  sha256 text primary key check (length(sha256) = 64),
  der    blob not null
) strict;
create table sighting_certificates (
  sighting integer not null references sightings (id) on delete cascade,
  position integer not null,
  sha256   text not null references certificates (sha256),
  primary key (sighting, position)
) strict, without rowid;
create index sighting_certificates_by_hash on sighting_certificates (sha256);

create table exception_uses (
  id           text primary key,
  uses         integer not null,
  last_used_ms integer not null
) strict;
`

/**
 * Catalogues are kept whole, each once: what could be offered depends on Node and OpenSSL of that day, and a later release
 * has no other way to know it.
 */
const cataloguesAndMigrations = `
create table catalogues (
  id     text primary key,
  record text not null
) strict;
create table catalogue_uses (
  id        integer primary key autoincrement,
  version   integer not null references versions (number),
  catalogue text not null references catalogues (id)
) strict;
create index catalogue_uses_by_version on catalogue_uses (version);
create table migrations (
  id             integer primary key autoincrement,
  time_ms        integer not null,
  version        integer not null references versions (number),
  from_catalogue text not null references catalogues (id),
  to_catalogue   text not null references catalogues (id),
  report         text not null
) strict;
`

const migrations: readonly string[] = [versionsAndAttempts, sightingsAndUses, cataloguesAndMigrations, accessTables]
