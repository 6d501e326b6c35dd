//! Databases: processes that share files and memory.

use super::python::{lacks_module, python};
use super::{EVERY, Real, lacks, program, script};
use anyhow::Result;
use std::time::Duration;
use zpoline_tests::command::Run;
use zpoline_tests::scratch::Scratch;
use zpoline_tests::ways::NOBODY;

pub(crate) fn all() -> Vec<Real> {
    vec![
        Real::new("sqlite3", || lacks(&["sqlite3"]), sqlite).ways(EVERY),
        Real::new("python3: sqlite3", || lacks_module("sqlite3"), |s| python(s, SQLITE_MODULE)),
        Real::new("sqlite3: WAL, two writers", || lacks(&["sqlite3"]), |s| script("sh", s, TWO_WRITERS)).ways(EVERY),
        Real::new("postgresql: initdb, pgbench", lacks_postgresql, postgresql).ways(&[NOBODY]),
    ]
}

fn sqlite(scratch: &Scratch) -> Result<Run> {
    let script = "pragma journal_mode=wal; create table t(a integer primary key, b text);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
          insert into t select i, hex(i) || 'text' from n;
        create index i on t(b); update t set b = b || 'x' where a % 3 = 0; delete from t where a % 7 = 0;
        select count(*), sum(length(b)) from t; vacuum; pragma integrity_check; select * from t where b like '3939%';";
    Ok(program("sqlite3")?.arg(scratch.path("x.db")).arg(script))
}

const SQLITE_MODULE: &str = "
import sqlite3
db = sqlite3.connect('x.db')
db.execute('create table t(a integer primary key, b text)')
with db: db.executemany('insert into t values(?, ?)', ((i, str(i) * 3) for i in range(5000)))
print(db.execute('select count(*), sum(a), max(b) from t').fetchone())
print(db.execute('pragma integrity_check').fetchone())";

/// Two processes write to one database by turns, a third reads.
const TWO_WRITERS: &str = r#"
    sqlite3 x.db 'pragma journal_mode=wal; create table t(who text, n integer);'
    write() { seq 1 150 | while read n; do echo "insert into t values('$1', $n);"; done | sqlite3 -cmd '.timeout 60000' x.db; }
    write a & one=$!
    write b & two=$!
    seq 1 30 | while read n; do echo "select count(*) >= 0 from t;"; done | sqlite3 -cmd '.timeout 60000' x.db | sort -u
    wait $one; echo "a: $?"; wait $two; echo "b: $?"
    sqlite3 x.db 'select who, count(*), sum(n) from t group by who; pragma integrity_check; pragma wal_checkpoint(truncate);'
"#;

fn postgresql_bin() -> Option<String> {
    let mut found: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    found.sort();
    found
        .into_iter()
        .rev()
        .find(|bin| bin.join("initdb").exists() && bin.join("pgbench").exists())
        .map(|bin| bin.display().to_string())
}

fn lacks_postgresql() -> Option<String> {
    postgresql_bin().is_none().then(|| "not installed: postgresql (initdb, pgbench)".into())
}

/// A cluster of its own: the server's processes share memory and signal each
/// other; a query has parallel workers.
const POSTGRESQL: &str = r#"
    set -e
    export PGDATA=$PWD/data PGHOST=$PWD PGUSER=me PGDATABASE=postgres
    $bin/initdb -U me -A trust --locale=C -E UTF8 -N | grep -v '^ \|^$\|postgresql'
    $bin/pg_ctl -s -w -l log start -o "-c listen_addresses= -c unix_socket_directories=$PWD -c shared_buffers=16MB \
        -c min_parallel_table_scan_size=0 -c parallel_setup_cost=0 -c parallel_tuple_cost=0 -c timezone=UTC"
    trap '$bin/pg_ctl -s -m immediate stop' EXIT
    $bin/pgbench -q -i -s 1 >/dev/null 2>&1
    $bin/pgbench -c 4 -j 2 -t 50 -n > bench 2>&1 || cat bench
    grep -E 'transactions actually|failed' bench
    $bin/psql -Atc 'select count(*), sum(abalance) = (select sum(delta) from pgbench_history) from pgbench_accounts'
    $bin/psql -Atc "copy (select generate_series(1, 1000)) to program 'tail -n 1 > copied'" && cat data/copied
    $bin/psql -Atc "set statement_timeout = 20; select pg_sleep(100)" 2>&1 || echo "psql: $?"
    ($bin/psql -Atq -c "begin; lock pgbench_branches; select pg_sleep(100)" 2>&1 || echo "cancelled: $?") > waited & other=$!
    until [ "$($bin/psql -Atc "select count(*) from pg_stat_activity where wait_event = 'PgSleep'")" = 1 ]; do :; done
    $bin/psql -Atc "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'"
    wait $other; cat waited
    $bin/psql -Atc "vacuum full analyze"
    trap - EXIT
    $bin/pg_ctl -s -w -m fast stop
    grep -c 'database system is shut down' log
    grep -E 'FATAL|PANIC|terminated by signal' log || echo clean
"#;

fn postgresql(scratch: &Scratch) -> Result<Run> {
    // It refuses to run as root.
    let bin = postgresql_bin().unwrap_or_default();
    Ok(script("sh", scratch, &format!("bin={bin}\n{POSTGRESQL}"))?.limit(Duration::from_secs(300)))
}
