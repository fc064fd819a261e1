//! The user's keys: they arrive where they belong, and nowhere else.

use std::os::unix::fs::PermissionsExt;

use crate::support::server::Step;
use crate::world::{self, AS_OF, Fault, KEYED, World, side_by_side};

#[test]
fn a_key_arrives_at_its_source_and_is_told_to_nobody() {
    let wanted = [
        ("twelvedata", "SP500", "authorization: apikey SECRET+KEY1"),
        ("tiingo", "NVIDIA", "authorization: Token SECRET+KEY1"),
        ("eodhd", "SP500", "api_token=SECRET%2BKEY1"),
        ("alphavantage", "NVIDIA", "apikey=SECRET%2BKEY1"),
        ("stooq", "SP500", "apikey=SECRET%2BKEY1"),
    ];
    let each = |status: u16| wanted.map(|(name, id, place)| (name, (id, place, status)));
    let cases = [200, 400, 403, 429, 500].map(each).concat();
    side_by_side(&cases, |name, (id, place, status)| {
        let world = World::with(&[(name, Fault::Echo(*status))]);
        let mut command = world.program(&[
            "today",
            id,
            "--benchmark",
            id,
            "--source",
            name,
            "-vv",
            "--json",
            "--as-of",
            AS_OF,
        ]);
        for other in KEYED {
            command.env(format!("MARKETSNAP_{}_KEY", other.to_uppercase()), "SECRET+KEY1");
        }
        let run = world::run(command);
        let heads = world.heads(name);
        run.check(!heads.is_empty(), "it is asked");
        for head in heads {
            run.check(head.contains(place), &format!("{name}: {head}"));
            run.check(head.matches("KEY1").count() == 1, "it is sent once");
        }
        run.check([5, 6].contains(&run.code), "there are no closes");
        run.check(run.err.contains("curl "), "each request is told");
        let memory = std::fs::read_to_string(world.memory()).unwrap();
        for (what, text) in [("stdout", &run.out), ("stderr", &run.err), ("the memory", &memory)] {
            run.check(!text.contains("KEY1"), &format!("{name}, {status}: {what} tells the key: {text}"));
        }
    });
}

#[test]
fn a_key_that_an_answer_repeats_in_disguise_is_told_to_nobody() {
    let away = Step::status(302, "").with("Location", "http://SECRETKEY1.example.org/");
    let detail = |text: &str| Fault::status(403, &format!(r#"{{"detail":"no token {text}"}}"#));
    let cases = [
        ("a host", Fault::Step(away)),
        ("JSON", detail(r"\u0053ECRETKEY1")),
        ("an escape sequence", detail(r"SECRET\u001b[31mKEY1")),
        ("no width", detail(r"SECRET\u200bKEY1")),
        ("lower case", detail("secretkey1")),
        ("a URL in a URL", detail("%2553ECRETKEY1")),
        ("HTML", detail("&#83;ECRETKEY1")),
    ];
    side_by_side(&cases, |what, fault| {
        let world = World::with(&[("tiingo", fault.clone())]);
        let mut command = world.program(&[
            "today",
            "NVIDIA",
            "--benchmark",
            "NVIDIA",
            "--source",
            "tiingo",
            "-vv",
            "--json",
        ]);
        command.env("MARKETSNAP_TIINGO_KEY", "SECRETKEY1");
        let run = world::run(command);
        let memory = std::fs::read_to_string(world.memory()).unwrap();
        for text in [&run.out, &run.err, &memory] {
            let told = ["secret", "ecretkey", "key1"].iter().any(|part| text.to_lowercase().contains(part));
            run.check(!told, &format!("{what}: {text}"));
        }
        run.check(run.err.contains("the key"), "it is said why there is no reason");
    });
}

#[test]
fn without_its_key_a_source_that_was_named_is_an_error_that_says_where_to_put_it() {
    let home = tempfile::tempdir().unwrap();
    let args = ["today", "NVIDIA", "--benchmark", "NVIDIA", "--source", "tiingo"];
    let run = world::run(world::program(&args, "http://127.0.0.1:9", home.path()));
    run.check(run.code == 6 && run.out.is_empty(), "it needs a key");
    run.check(run.err.contains("hint: ") && run.err.contains("MARKETSNAP_TIINGO_KEY"), "and says where");
}

#[test]
fn a_key_file_is_read_only_if_nobody_else_can() {
    let world =
        World::with(&[("tiingo", Fault::status(404, r#"{"detail":"Error: Ticker 'NVDA' not found"}"#))]);
    let file = world.file("tiingo-key", "SECRETKEY1\n");
    let run = |mode: u32| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let args = ["today", "NVIDIA", "--benchmark", "NVIDIA", "--source", "tiingo", "-vv"];
        let mut command = world.program(&args);
        world::run({
            command.env("MARKETSNAP_TIINGO_KEY_FILE", &file);
            command
        })
    };
    let open = run(0o640);
    open.check(open.code == 2 && open.out.is_empty(), "others can read it");
    open.check(open.err.contains("tiingo-key") && open.err.contains("chmod 600"), "and what to do is said");
    assert_eq!(world.requests(), 0);
    let own = run(0o600);
    own.check(own.code == 5, "it is asked");
    assert!(world.heads("tiingo")[0].contains("authorization: Token SECRETKEY1\r\n"));
    own.check(!own.err.contains("SECRETKEY1"), "and the key is not told");
}
