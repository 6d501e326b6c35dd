//! Servers under the loader, with clients natively and under the loader.

use super::{EVERY, FORWARDED, Ways, ask, lacks, program};
use anyhow::{Context, Result, ensure};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use zpoline_tests::command::{End, Outcome, Run, Running, tail};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::Verdict;
use zpoline_tests::user;
use zpoline_tests::ways::{Way, Who};

/// A server and its clients.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) ways: Ways,
    missing: fn() -> Option<String>,
    body: fn(Way) -> Result<()>,
}

impl Server {
    pub(crate) fn check(self, way: Way) -> Verdict {
        match (self.missing)().or_else(|| way.cannot()) {
            Some(why) => Verdict::Skipped(why),
            None => (self.body)(way).into(),
        }
    }
}

pub(crate) fn all() -> [Server; 3] {
    [
        Server {
            name: "redis-server with redis-benchmark",
            ways: EVERY,
            missing: || lacks(&["redis-server", "redis-benchmark", "redis-cli"]),
            body: redis,
        },
        Server { name: "nginx with curl", ways: EVERY, missing: || lacks(&["nginx", "curl"]), body: nginx_curl },
        Server { name: "nginx with wrk", ways: FORWARDED, missing: || lacks(&["nginx", "wrk"]), body: nginx_wrk },
    ]
}

/// A port on the loopback that nobody listens on.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A server that runs, and where.
struct Listening {
    scratch: Scratch,
    way: Way,
    port: u16,
    log: PathBuf,
    running: Running,
}

impl Listening {
    /// Starts it and waits until it accepts connections.
    fn start(way: Way, name: &str, make: impl Fn(&Scratch, u16) -> Result<Run>) -> Result<Self> {
        let scratch = Scratch::new(name)?;
        let port = free_port()?;
        let run = make(&scratch, port)?;
        if way.who == Who::Nobody {
            user::give_to_nobody(scratch.directory())?;
        }
        let log = scratch.path("log");
        let mut running = way.load(run, &log)?.start(&scratch, "server")?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(!running.has_ended()?, "the server ended before it listened: {:?}", running.end()?);
            ensure!(Instant::now() < deadline, "nobody listens on port {port}");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(Self { scratch, way, port, log, running })
    }

    /// Runs a client natively and the same one under the loader.
    fn ask_twice(&self, name: &str, client: Run) -> Result<[Outcome; 2]> {
        let native = ask(client.clone())?;
        let log = self.scratch.path(&format!("{name}.log"));
        let way = Way { who: Who::Own, ..self.way };
        let loaded = ask(way.load(client, &log)?)?;
        way.prove(&log, loaded.end)?;
        Ok([native, loaded])
    }

    /// Ends it by a signal, after which it exits with 0.
    fn stop(self, signal: &str) -> Result<()> {
        self.running.signal(signal)?;
        let end = self.running.end()?;
        ensure!(end.end == End::Exit(0), "the server ended by {}\n{}{}", end.end, tail(&end.stdout), tail(&end.stderr));
        self.way.prove(&self.log, end.end)
    }
}

fn redis(way: Way) -> Result<()> {
    let server = Listening::start(way, "redis", |scratch, port| {
        Ok(program("redis-server")?
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"])
            .args(["--io-threads", "2", "--io-threads-do-reads", "yes", "--port", &port.to_string(), "--dir"])
            .arg(scratch.directory()))
    })?;
    let port = server.port.to_string();
    let client = |name: &str| Ok::<_, anyhow::Error>(program(name)?.args(["-h", "127.0.0.1", "-p", &port]));
    let script = "for i = 1, 1000 do redis.call('set', 'k' .. i, i) end; local s = 0; \
        for i = 1, 1000 do s = s + redis.call('get', 'k' .. i) end; return s";
    let sum = ask(client("redis-cli")?.args(["eval", script, "0"]))?;
    ensure!(sum.said().trim() == "500500", "eval: {}", sum.said());
    // Few: the threads wait for each other by spinning, on two cores with the clients.
    let bench = client("redis-benchmark")?.args(["-n", "3000", "-c", "20", "-q", "-t", "set,get,incr,lpush"]);
    for outcome in server.ask_twice("bench", bench)? {
        let lines = outcome.said().replace('\r', "\n");
        for test in ["SET", "GET", "INCR", "LPUSH"] {
            ensure!(lines.contains(&format!("{test}: ")), "redis-benchmark: {lines}");
        }
    }
    // A child that saves in the background: fork of the server.
    ask(client("redis-cli")?.args(["bgrewriteaof"]))?;
    let saved = ask(client("redis-cli")?.args(["save"]))?;
    ensure!(saved.said().trim() == "OK" || saved.said().contains("progress"), "save: {}", saved.said());
    let size = ask(client("redis-cli")?.arg("dbsize"))?;
    ensure!(size.said().trim().parse::<u32>().is_ok_and(|size| size >= 1000), "dbsize: {}", size.said());
    server.stop("TERM")
}

/// nginx with two workers, a small page and a big file.
fn nginx(scratch: &Scratch, port: u16) -> Result<Run> {
    let directory = scratch.directory().display();
    std::fs::create_dir(scratch.path("www"))?;
    scratch.write("www/big", big())?;
    scratch.write("www/index.html", "hello\n")?;
    let user = if user::is_root() { "user root;" } else { "" };
    let config = format!(
        "{user} daemon off; worker_processes 2; pid {directory}/pid; error_log {directory}/error;
        events {{ worker_connections 64; }}
        http {{ access_log {directory}/access; sendfile on;
            client_body_temp_path {directory}/b; proxy_temp_path {directory}/p; fastcgi_temp_path {directory}/f;
            uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
            server {{ listen 127.0.0.1:{port}; root {directory}/www; }} }}"
    );
    let config = scratch.write("nginx.conf", config)?;
    Ok(program("nginx")?.arg("-c").arg(&config).arg("-e").arg(scratch.path("early")))
}

fn big() -> Vec<u8> {
    (0..3_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn nginx_curl(way: Way) -> Result<()> {
    let server = Listening::start(way, "nginx", nginx)?;
    let at = |path: &str| format!("http://127.0.0.1:{}/{path}", server.port);
    let curl = |name: &str, words: &[&str]| {
        server.ask_twice(name, program("curl")?.args(["-sS", "--noproxy", "*"]).args(words))
    };
    for page in curl("page", &[&at("")])? {
        ensure!(page.stdout == b"hello\n", "the page differs");
    }
    for file in curl("big", &[&at("big")])? {
        ensure!(file.stdout == big(), "the file differs");
    }
    for missing in curl("missing", &["-o", "/dev/null", "-w", "%{http_code}", &at("none")])? {
        ensure!(missing.said() == "404", "status {}", missing.said());
    }
    // Over one connection, and over several at once.
    for pages in curl("pages", &["-Z", "--parallel-max", "8", &at("[1-3]none"), &at("?[1-100]")])? {
        let hellos = pages.said().matches("hello\n").count();
        ensure!(hellos == 100, "{hellos} pages of 100");
    }
    let errors = server.scratch.path("error");
    server.stop("QUIT").with_context(|| std::fs::read_to_string(errors).unwrap_or_default())
}

fn nginx_wrk(way: Way) -> Result<()> {
    let server = Listening::start(way, "wrk", nginx)?;
    let at = |path: &str| format!("http://127.0.0.1:{}/{path}", server.port);
    for (name, path) in [("small", ""), ("big", "big")] {
        let load = program("wrk")?.args(["-t", "2", "-c", "16", "-d", "1s", &at(path)]);
        for outcome in server.ask_twice(name, load)? {
            let said = outcome.said();
            let requests = said.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse::<u32>().ok());
            ensure!(requests.is_some_and(|requests| requests > 10), "hardly a request: {said}");
            ensure!(!said.contains("Socket errors") && !said.contains("Non-2xx"), "{said}");
        }
    }
    server.stop("QUIT")
}
