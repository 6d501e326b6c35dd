//! Servers under the loader, with clients natively and under the loader.

use super::programs::{lacks, program};
use anyhow::{Context, Result, bail, ensure};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};
use zpoline_tests::command::{End, Outcome, Run, Running, tail};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::ways::Way;

type Server = (&'static str, fn() -> Option<String>, fn(Way) -> Result<()>);

pub(crate) fn all() -> [Server; 2] {
    [
        ("redis-server with redis-benchmark", || lacks(&["redis-server", "redis-benchmark", "redis-cli"]), redis),
        ("nginx with curl", || lacks(&["nginx", "curl"]), nginx),
    ]
}

/// A port on the loopback that nobody listens on.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Waits until the server accepts connections, or has ended.
fn wait_for(port: u16, server: &mut Running) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        ensure!(!server.has_ended()?, "the server ended before it listened");
        ensure!(Instant::now() < deadline, "nobody listens on port {port}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a client that has to succeed.
fn ask(run: Run) -> Result<Outcome> {
    let outcome = run.outcome()?;
    if outcome.end != End::Exit(0) {
        bail!("{}: {}\n{}{}", run.shown(), outcome.end, outcome.said(), outcome.complained());
    }
    Ok(outcome)
}

fn served(server: Running, way: Way, log: &Path) -> Result<()> {
    let end = server.end()?;
    ensure!(end.end == End::Exit(0), "the server ended by {}\n{}{}", end.end, tail(&end.stdout), tail(&end.stderr));
    way.prove(log, end.end)
}

fn redis(way: Way) -> Result<()> {
    let scratch = Scratch::new("redis")?;
    let port = free_port()?.to_string();
    let log = scratch.path("log");
    let own = program("redis-server")?
        .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--dir"])
        .arg(scratch.directory());
    let mut server = way.load(own, &log)?.start(&scratch, "server")?;
    wait_for(port.parse()?, &mut server)?;
    let client = |name: &str| Ok::<_, anyhow::Error>(program(name)?.args(["-h", "127.0.0.1", "-p", &port]));
    let script = "for i = 1, 1000 do redis.call('set', 'k' .. i, i) end; local s = 0; \
        for i = 1, 1000 do s = s + redis.call('get', 'k' .. i) end; return s";
    let sum = ask(client("redis-cli")?.args(["eval", script, "0"]))?;
    ensure!(sum.said().trim() == "500500", "eval: {}", sum.said());
    for (name, load) in [("native", false), ("loaded", true)] {
        let mut bench = client("redis-benchmark")?.args(["-n", "20000", "-c", "20", "-q", "-t", "set,get,incr,lpush"]);
        let its_log = scratch.path(&format!("{name}.log"));
        if load {
            bench = way.load(bench, &its_log)?;
        }
        let outcome = ask(bench)?;
        let lines = outcome.said().replace('\r', "\n");
        for test in ["SET", "GET", "INCR", "LPUSH"] {
            ensure!(lines.contains(&format!("{test}: ")), "redis-benchmark ({name}): {lines}");
        }
        if load {
            way.prove(&its_log, outcome.end)?;
        }
    }
    // A child that saves in the background: fork of the server.
    ask(client("redis-cli")?.args(["bgrewriteaof"]))?;
    let saved = ask(client("redis-cli")?.args(["save"]))?;
    ensure!(saved.said().trim() == "OK" || saved.said().contains("progress"), "save: {}", saved.said());
    let size = ask(client("redis-cli")?.arg("dbsize"))?;
    ensure!(size.said().trim().parse::<u32>().is_ok_and(|size| size >= 1000), "dbsize: {}", size.said());
    server.signal("TERM")?;
    served(server, way, &log)
}

fn nginx(way: Way) -> Result<()> {
    let scratch = Scratch::new("nginx")?;
    let port = free_port()?;
    let directory = scratch.directory().display();
    std::fs::create_dir(scratch.path("www"))?;
    let big: Vec<u8> = (0..3_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    scratch.write("www/big", &big)?;
    scratch.write("www/index.html", "hello\n")?;
    let user = if zpoline_tests::user::is_root() { "user root;" } else { "" };
    let config = format!(
        "{user} daemon off; worker_processes 2; pid {directory}/pid; error_log {directory}/error;
        events {{ worker_connections 64; }}
        http {{ access_log {directory}/access; sendfile on;
            client_body_temp_path {directory}/b; proxy_temp_path {directory}/p; fastcgi_temp_path {directory}/f;
            uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
            server {{ listen 127.0.0.1:{port}; root {directory}/www; }} }}"
    );
    let config = scratch.write("nginx.conf", config)?;
    let log = scratch.path("log");
    let own = program("nginx")?.arg("-c").arg(&config).arg("-e").arg(scratch.path("early"));
    let mut server = way.load(own, &log)?.start(&scratch, "server")?;
    wait_for(port, &mut server)?;
    for (name, load) in [("native", false), ("loaded", true)] {
        let its_log = scratch.path(&format!("{name}.log"));
        let curl = |words: &[&str]| -> Result<Outcome> {
            let run = program("curl")?.args(["-sS", "--noproxy", "*"]).args(words);
            let run = if load { way.load(run, &its_log)? } else { run };
            let outcome = ask(run)?;
            if load {
                way.prove(&its_log, outcome.end)?;
            }
            Ok(outcome)
        };
        let at = |path: &str| format!("http://127.0.0.1:{port}/{path}");
        ensure!(curl(&[&at("")])?.stdout == b"hello\n", "{name}: the page differs");
        ensure!(curl(&[&at("big")])?.stdout == big, "{name}: the file differs");
        let missing = curl(&["-o", "/dev/null", "-w", "%{http_code}", &at("none")])?;
        ensure!(missing.said() == "404", "{name}: status {}", missing.said());
        // Over one connection, and over several at once.
        let pages = curl(&["-Z", "--parallel-max", "8", &at("[1-3]none"), &at("?[1-100]")])?;
        let hellos = pages.said().matches("hello\n").count();
        ensure!(hellos == 100, "{name}: {hellos} pages of 100");
    }
    server.signal("QUIT")?;
    served(server, way, &log).with_context(|| std::fs::read_to_string(scratch.path("error")).unwrap_or_default())
}
