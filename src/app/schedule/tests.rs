//! Schedules for machines in several zones, and paths that have to be quoted.

use chrono::Offset;
use chrono_tz::Tz;

use super::*;

fn offset(zone: Tz, at: DateTime<Utc>) -> FixedOffset {
    at.with_timezone(&zone).offset().fix()
}

fn new_york(at: DateTime<Utc>) -> FixedOffset {
    offset(Tz::America__New_York, at)
}

fn tokyo(at: DateTime<Utc>) -> FixedOffset {
    offset(Tz::Asia__Tokyo, at)
}

fn shanghai(at: DateTime<Utc>) -> FixedOffset {
    offset(Tz::Asia__Shanghai, at)
}

/// Ten hours behind UTC all year.
fn honolulu(_: DateTime<Utc>) -> FixedOffset {
    FixedOffset::west_opt(36_000).unwrap()
}

fn options(scheduler: Scheduler, words: &str, offset: ZoneOffset) -> ScheduleOptions {
    ScheduleOptions {
        own: Own::default(),
        flags: Vec::new(),
        config: None,
        variables: Vec::new(),
        scheduler,
        words: words.split_whitespace().map(str::to_owned).collect(),
        folder: "/home/ann/reports".into(),
        program: "/usr/bin/marketsnap".into(),
        offset,
    }
}

fn made(options: &ScheduleOptions) -> String {
    schedule(options, "2026-01-21T08:30:00Z".parse().unwrap()).unwrap()
}

/// The first five words of the line of a crontab.
fn times(words: &str, offset: ZoneOffset) -> String {
    let text = made(&options(Scheduler::Cron, words, offset));
    let line = text.lines().find(|l| !l.starts_with('#')).unwrap().to_owned();
    line.split(' ').take(5).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_crontab_starts_at_the_earliest_that_the_last_close_can_be_out_by_the_machines_clock() {
    // 16:00 in Shanghai is 08:00 UTC, 03:00 or 04:00 in New York.
    assert_eq!(times("CN-CHIPS", new_york), "0 3 * * 1-5");
    // 17:00 in New York is 21:00 or 22:00 UTC, the next day in Tokyo at 06:00 or 07:00.
    assert_eq!(times("SP500", tokyo), "0 6 * * 2-6");
    assert_eq!(times("SP500", new_york), "0 17 * * 1-5");
    // A coin's day is out at 01:00 UTC: the evening before in New York, every day of the week.
    assert_eq!(times("BTC", new_york), "0 20 * * *");
    assert_eq!(times("", new_york), "0 20 * * 1-5");
    assert_eq!(times("", shanghai), "0 9 * * 2-6");
    // 17:12 in Sydney is 06:12 UTC in summer: 20:12 of the day before in Honolulu, from Sunday on.
    assert_eq!(times("ASX200", honolulu), "12 20 * * 0-4");
    // Shanghai's close is out after Sydney's on every day of the year.
    assert_eq!(times("ASX200 STAR50", shanghai), "0 16 * * 1-5");
}

#[test]
fn a_timer_is_in_the_zone_of_the_market_that_is_the_last() {
    let when = |words: &str| {
        let text = made(&options(Scheduler::Systemd, words, tokyo));
        let line = text.lines().find_map(|l| l.strip_prefix("OnCalendar=")).map(str::to_owned);
        line.unwrap()
    };
    assert_eq!(when("SP500"), "Mon..Fri 17:00 America/New_York");
    assert_eq!(when("CN-CHIPS SP500"), "Mon..Fri 17:00 America/New_York");
    assert_eq!(when("FTSE100"), "Mon..Fri 17:35 Europe/London");
    assert_eq!(when("BTC"), "01:00 UTC");
    assert_eq!(when("SP500 BTC"), "Tue..Sat 01:00 UTC");
}

#[test]
fn schedules_are_these() {
    for (name, words, offset) in [
        ("all-new-york", "", new_york as ZoneOffset),
        ("chips-new-york", "CN-CHIPS", new_york),
        ("sp500-tokyo", "SP500", tokyo),
    ] {
        insta::assert_snapshot!(format!("cron-{name}"), made(&options(Scheduler::Cron, words, offset)));
        insta::assert_snapshot!(format!("systemd-{name}"), made(&options(Scheduler::Systemd, words, offset)));
    }
}

#[test]
fn blanks_quotes_and_percent_signs_of_a_path_reach_the_program_as_they_are() {
    let odd = |scheduler| ScheduleOptions {
        folder: "/home/ann/100% Ann's $x \"r\"".into(),
        program: "/opt/market snap/marketsnap".into(),
        ..options(scheduler, "CN-CHIPS", tokyo)
    };
    let cron = made(&odd(Scheduler::Cron));
    let line = cron.lines().last().unwrap();
    assert!(line.ends_with(
        "'/opt/market snap/marketsnap' wait --quiet CN-CHIPS && '/opt/market snap/marketsnap' report --dir \
         '/home/ann/100\\% Ann'\\''s $x \"r\"' --since last CN-CHIPS"
    ), "{line}");
    let units = made(&odd(Scheduler::Systemd));
    let start = units.lines().find(|l| l.starts_with("ExecStart=")).unwrap();
    assert_eq!(
        start,
        "ExecStart=\"/opt/market snap/marketsnap\" report --dir \"/home/ann/100%% Ann's $$x \\\"r\\\"\" --since last CN-CHIPS"
    );
}

#[test]
fn a_config_file_of_a_variable_goes_along_and_other_variables_are_named_without_their_values() {
    let own = |scheduler| ScheduleOptions {
        config: Some("/home/ann/50% $x/c.toml".into()),
        variables: ["MARKETSNAP_FORMAT", "MARKETSNAP_A\nB"].map(str::to_owned).to_vec(),
        ..options(scheduler, "CN-CHIPS", tokyo)
    };
    let cron = made(&own(Scheduler::Cron));
    let line = cron.lines().last().unwrap();
    let config = "MARKETSNAP_CONFIG='/home/ann/50\\% $x/c.toml' /usr/bin/marketsnap";
    assert!(
        line.contains(&format!(" {config} wait ")) && line.contains(&format!("&& {config} report ")),
        "{line}"
    );
    let says =
        "# Set here and not where this runs, so say it by flags or in the config file: MARKETSNAP_FORMAT.\n";
    assert!(cron.contains(says), "{cron}");
    let units = made(&own(Scheduler::Systemd));
    assert!(units.contains("\nEnvironment=\"MARKETSNAP_CONFIG=/home/ann/50%% $x/c.toml\"\n"), "{units}");
    assert!(units.contains(says), "{units}");
}

#[test]
fn what_would_end_a_line_and_what_nobody_knows_is_refused() {
    let refused =
        |o: ScheduleOptions| schedule(&o, "2026-01-21T08:30:00Z".parse().unwrap()).unwrap_err().to_string();
    let cron = || options(Scheduler::Cron, "CN-CHIPS", tokyo);
    let said = refused(ScheduleOptions { folder: "/tmp/a\n* * * * * rm".into(), ..cron() });
    assert!(said.contains("control character") && !said.contains('\n'), "{said}");
    assert!(refused(options(Scheduler::Cron, "STAR5O", tokyo)).contains("STAR50"));
    assert!(refused(options(Scheduler::Systemd, "AAPL", tokyo)).contains("hours are not known"));
}
