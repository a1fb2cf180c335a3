//! What someone would send who means harm: nothing leaks, nothing dies. Each is an advisory of another server; the table is in the threat list.

use std::{
    io::{Read, Write},
    time::Duration,
};

use super::{CANARY, header, preview, preview_with, status};
use crate::serve::{Error, Limits, Options, Outcome, run};

#[test]
fn no_spelling_of_a_path_leads_out_of_the_site() {
    let preview = preview();
    let ups = [
        "..",
        "%2e%2e",
        "%2E.",
        ".%2e",
        "%252e%252e",
        "%c0%ae%c0%ae",
        "%e0%80%ae%e0%80%ae",
        "..;",
        "...",
        "....",
        "..%00",
        "%uff0e%uff0e",
        "%ef%bc%8e%ef%bc%8e",
        ". .",
        "folder",
    ];
    let slashes = ["/", "%2f", "%2F", "\\", "%5c", "%5C", "//", "%252f", "%c0%af", "/./", "%2f%2e%2f"];
    let outside = preview.folder.path().join("canary.txt");
    let outside = outside.to_str().unwrap();
    let mut paths = vec![
        "/link.txt".to_owned(),
        "/folder/canary.txt".to_owned(),
        outside.to_owned(),
        format!("/{outside}"),
        format!("/{}", outside.replace('/', "%2f")),
        format!("/file://{outside}"),
        format!("/index.html%00{outside}"),
        "/canary.txt%00.html".to_owned(),
    ];
    for up in ups {
        for slash in slashes {
            for front in ["/", "/news/", "/news%2f", "//", "/%2e/"] {
                paths.push(format!("{front}{up}{slash}canary.txt"));
                paths.push(format!("{front}{up}{slash}{up}{slash}canary.txt"));
            }
        }
    }
    for path in &paths {
        let response = preview.get(path);
        assert!(!response.contains(CANARY), "{path}");
        assert!(matches!(status(&response), 400 | 404), "{path}: {response}");
    }
    preview.assert_alive();
}

#[test]
fn only_names_of_this_machine_are_answered() {
    let preview = preview();
    let check = |hosts: &str, expected: u16| {
        let response = preview.send(format!("GET / HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n").as_bytes());
        assert_eq!(status(&response), expected, "{hosts}: {response}");
        assert_eq!(response.contains("News"), expected == 200, "{hosts}");
    };
    for host in
        ["localhost", "LOCALHOST:4000", "127.0.0.1:80", "[::1]", "[::1]:4000", "preview.example", "Preview.Example:443"]
    {
        check(&format!("Host: {host}\r\n"), 200);
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "evil.example:4000",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "127.0.0.2",
        "0.0.0.0",
        "[::]",
        "192.168.0.1",
        "localhost.",
        "localhost:evil",
        "[::1].evil.example",
        "",
        "sub.preview.example",
        "::1",
    ] {
        check(&format!("Host: {host}\r\n"), 403);
    }
    check("", 400);
    check("Host: localhost\r\nHost: evil.example\r\n", 400);
    let named = preview.send(b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&named), 403, "{named}");
}

#[test]
fn other_sites_pages_get_no_events() {
    let preview = preview();
    let check = |headers: &str, expected: u16| {
        for path in ["/_letterpress/events", "/_letterpress/report"] {
            let response = preview.ask("HEAD", path, headers);
            assert_eq!(status(&response), expected, "{headers}");
            assert_eq!(header(&response, "access-control-allow-origin"), None, "{headers}");
        }
    };
    check("", 200);
    check("Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n", 200);
    for origin in [
        "http://evil.example",
        "https://localhost",
        "http://localhost:81",
        "http://127.0.0.1",
        "null",
        "http://localhost.evil.example",
    ] {
        check(&format!("Origin: {origin}\r\n"), 403);
    }
    check("Origin: http://localhost\r\nOrigin: http://evil.example\r\n", 403);
    check("Sec-Fetch-Site: cross-site\r\n", 403);
    check("Sec-Fetch-Site: same-site\r\n", 403);
}

#[test]
fn a_preview_can_only_be_read() {
    let preview = preview();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "get"] {
        let response = preview.ask(method, "/", "");
        assert_eq!((status(&response), header(&response, "allow")), (405, Some("GET, HEAD")), "{method}");
    }
}

#[test]
fn nonsense_is_refused_and_the_server_lives_on() {
    // Some of it could be the beginning of sense, and is waited for.
    let preview = preview_with(|_| {}, Limits { header_read: Duration::from_millis(500), ..Limits::default() });
    let host = "Host: localhost\r\n";
    let long = "a".repeat(17 * 1024);
    let huge = "a".repeat(1024 * 1024);
    let many = "X: y\r\n".repeat(2_000);
    let check = |bytes: &[u8]| {
        let response = preview.send(bytes);
        assert!(matches!(status(&response), 0 | 400..500), "{response}");
        preview.assert_alive();
    };
    assert_eq!(status(&preview.get(&format!("/{long}"))), 414);
    assert_eq!(status(&preview.get(&format!("/?{long}"))), 414);
    assert_eq!(status(&preview.ask("GET", "/", &format!("X: {huge}\r\n"))), 431);
    assert_eq!(status(&preview.get("/%")), 400);
    check(format!("GET /{huge} HTTP/1.1\r\n{host}\r\n").as_bytes());
    check(format!("GET / HTTP/1.1\r\n{host}{many}\r\n").as_bytes());
    check(format!("GET /\0 HTTP/1.1\r\n{host}\r\n").as_bytes());
    check(format!("GET / HTTP/1.1\r\n{host}X\0: y\r\n\r\n").as_bytes());
    check(format!("GET / HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n").as_bytes());
    check(format!("POST / HTTP/1.1\r\n{host}Content-Length: 5\r\nContent-Length: 6\r\n\r\n").as_bytes());
    check(format!("GET / HTTP/3.7\r\n{host}\r\n").as_bytes());
    check(format!("GET no-slash HTTP/1.1\r\n{host}\r\n").as_bytes());
    check(b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n");
    check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    check(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    check(&[0xff; 4096]);
    check(b"GET\r\n\r\n");
}

#[test]
fn a_caller_that_takes_its_time_is_let_go() {
    let preview = preview_with(|_| {}, Limits { header_read: Duration::from_millis(200), ..Limits::default() });
    let mut slow: Vec<_> = (0..20).map(|_| preview.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ").unwrap();
    }
    preview.assert_alive();
    for mut stream in slow {
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        assert!(
            ended.is_ok() || ended.is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock),
            "it was let go"
        );
    }
}

#[test]
fn callers_beyond_the_limit_wait_for_a_place() {
    let preview = preview_with(|_| {}, Limits { header_read: Duration::from_millis(200), connections: 4 });
    let idle: Vec<_> = (0..16).map(|_| preview.connect()).collect();
    preview.assert_alive();
    drop(idle);
}

#[test]
fn idle_callers_leave_room_for_a_reader() {
    let preview = preview();
    let mut idle = Vec::new();
    for _ in 0..400 {
        idle.push(preview.connect());
    }
    preview.assert_alive();
    drop(idle);
}

#[test]
fn a_taken_port_is_named_with_the_cure() {
    let preview = preview();
    let options = Options {
        address: preview.address,
        allow_hosts: Vec::new(),
        root: preview.site(""),
        watch: Vec::new(),
        base_path: String::new(),
    };
    let error = run(&options, |_| Outcome::Failed { report: String::new() }, |_| {}).unwrap_err();
    assert!(matches!(error, Error::Taken(_)), "{error}");
    assert!(error.to_string().contains("--port"), "{error}");
}
