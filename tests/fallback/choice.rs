//! Which sources the user wants: by a flag, by a config file, and for single instruments.

use crate::world::{self, AS_OF, OPEN, World};

#[test]
fn only_the_sources_that_are_named_are_asked_in_that_order() {
    let world = World::with(&[]);
    let run = world.today(&["STAR50", "SP500", "NIKKEI225", "--source", "tencent,yahoo"]);
    run.check(run.code == 0, "all is there");
    let sources = ["STAR50", "SP500", "NIKKEI225"].map(|id| run.source(id));
    run.check(sources == ["tencent", "tencent", "yahoo"], &format!("{sources:?}"));
    for name in OPEN.iter().filter(|name| !["tencent", "yahoo"].contains(name)) {
        run.check(world.asked(name).is_empty(), &format!("{name} is not asked"));
    }
    let other = world.today(&["STAR50", "SP500", "--source", "yahoo", "--source", "tencent"]);
    other.check(other.source("STAR50") == "yahoo" && other.code == 0, "the other order");
}

#[test]
fn a_source_that_there_is_none_of_is_a_usage_error_before_any_request() {
    let home = tempfile::tempdir().unwrap();
    let args = ["today", "STAR50", "--source", "tencent,yaho"];
    let run = world::run(world::program(&args, "http://127.0.0.1:9", home.path()));
    run.check(run.code == 2 && run.out.is_empty(), "no such source");
    run.check(run.err.contains("'yaho'") && run.err.contains("yahoo"), "and the names are told");
}

#[test]
fn a_config_file_says_whom_to_ask_first_and_never_and_for_one_instrument() {
    const CONFIG: &str = "[sources]\nfirst = [\"tencent\"]\nnever = [\"yahoo\"]\n\n[instruments.STAR50]\nsources = [\"sina\"]\n";
    for place in [".config/marketsnap/config.toml", "elsewhere.toml"] {
        let world = World::with(&[]);
        let file = world.file(place, CONFIG);
        let run = |args: &[&str]| {
            let all = [&["today", "--json", "--as-of", AS_OF][..], args].concat();
            let mut command = world.program(&all);
            if place == "elsewhere.toml" {
                command.env("MARKETSNAP_CONFIG", &file);
            }
            world::run(command)
        };
        let usual = run(&["STAR50", "SP500", "NIKKEI225"]);
        usual.check(usual.code == 0, "all is there");
        let sources = ["STAR50", "SP500", "NIKKEI225"].map(|id| usual.source(id));
        usual.check(sources == ["sina", "tencent", "sina"], &format!("{sources:?}"));
        assert!(world.asked("yahoo").is_empty());
        // What is named on the command line outranks the file.
        let named = run(&["STAR50", "SP500", "--source", "yahoo"]);
        named.check(named.code == 0 && named.source("STAR50") == "yahoo", "the flag counts");
    }
}
