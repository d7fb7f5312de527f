/**
 * The tables of who may come in and of what they did. Secrets are here only as hashes: a password as argon2id, the
 * tokens of sessions, keys and of the setup link as SHA-256, since they are random and long. The record is append-only
 * by the database itself; that nobody edited it with another program is what its chain of hashes shows.
 */
export const accessTables = `
create table users (
  name       text primary key collate nocase,
  role       text not null check (role in ('viewer', 'operator', 'admin')),
  password   text not null,
  created_ms integer not null,
  created_by text not null,
  disabled   integer not null default 0
) strict, without rowid;

create table sessions (
  id         text primary key,
  hash       text not null unique,
  user       text not null collate nocase references users (name) on delete cascade,
  address    text not null,
  user_agent text not null,
  created_ms integer not null,
  seen_ms    integer not null,
  until_ms   integer not null
) strict, without rowid;

create table api_keys (
  id         text primary key,
  hash       text not null unique,
  name       text not null,
  role       text not null check (role in ('viewer', 'operator')),
  areas      text not null,
  created_ms integer not null,
  created_by text not null,
  until_ms   integer not null,
  used_ms    integer,
  revoked    integer not null default 0
) strict, without rowid;

create table setup_token (
  one      integer primary key check (one = 1),
  hash     text not null,
  until_ms integer not null
) strict;

create table audit (
  number   integer primary key,
  time_ms  integer not null,
  actor    text not null,
  address  text not null,
  action   text not null,
  subject  text not null,
  outcome  text not null check (outcome in ('done', 'refused')),
  detail   text not null,
  hash     text not null
) strict;
create trigger audit_is_numbered_in_order before insert on audit
when new.number <> (select coalesce(max(number), 0) + 1 from audit)
begin select raise(abort, 'an entry takes the next number and replaces none'); end;
create trigger audit_never_changes before update on audit
begin select raise(abort, 'the record is immutable'); end;
create trigger audit_never_goes before delete on audit
begin select raise(abort, 'the record is immutable'); end;
`
