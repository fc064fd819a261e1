//! `store export`.

use super::*;

/// Two instruments, the first with a restated close.
fn user() -> User {
    let user = User::with(&[
        series("SP500", "yahoo", "USD", &[("2026-01-16", 6940.01), ("2026-01-20", 6796.86)]),
        series("ODD.XX", "stooq", "", &[("2026-01-20", 0.1)]),
    ]);
    let mut again = series("SP500", "yahoo", "USD", &[("2026-01-16", 6940.51), ("2026-01-20", 6796.86)]);
    again.provenance.fetched_at = at("2026-01-22T09:00:00Z");
    user.keep(&[again]);
    user
}

#[test]
fn the_columns_of_an_export_are_those_of_the_view_and_its_rows_are_sorted() {
    assert_eq!(
        user().says(&["store", "export"]),
        "instrument,source,symbol,session,close,currency,basis,fetched_at\n\
         ODD.XX,stooq,its-stooq,2026-01-20,0.1,,price,2026-01-21T08:30:00Z\n\
         SP500,yahoo,its-yahoo,2026-01-16,6940.51,USD,price,2026-01-22T09:00:00Z\n\
         SP500,yahoo,its-yahoo,2026-01-20,6796.86,USD,price,2026-01-21T08:30:00Z\n"
    );
}

#[test]
fn with_revisions_an_export_has_the_earlier_versions_too_and_when_they_were_replaced() {
    assert_eq!(
        user().says(&["store", "export", "--revisions"]),
        "instrument,source,symbol,session,close,currency,basis,fetched_at,replaced_at\n\
         ODD.XX,stooq,its-stooq,2026-01-20,0.1,,price,2026-01-21T08:30:00Z,\n\
         SP500,yahoo,its-yahoo,2026-01-16,6940.51,USD,price,2026-01-22T09:00:00Z,\n\
         SP500,yahoo,its-yahoo,2026-01-20,6796.86,USD,price,2026-01-21T08:30:00Z,\n\
         SP500,yahoo,its-yahoo,2026-01-16,6940.01,USD,price,2026-01-21T08:30:00Z,2026-01-22T09:00:00Z\n"
    );
}

#[test]
fn a_file_has_the_same_bytes_as_standard_output_and_one_that_cannot_be_written_is_not_begun() {
    let user = user();
    assert_eq!(user.says(&["store", "export", "-o", "all.csv"]), "");
    assert_eq!(user.written("all.csv"), user.says(&["store", "export"]));
    let output = user.run(&["store", "export", "-o", "none/all.csv"]);
    assert_eq!(code(&output), Some(1));
    assert!(stderr(&output).contains("none/all.csv was not written"), "{}", stderr(&output));
}

#[test]
fn a_store_that_breaks_half_way_leaves_the_file_of_before() {
    let user = user();
    std::fs::write(user.path("all.csv"), "of before").unwrap();
    let db = rusqlite::Connection::open(user.path("closes.db")).unwrap();
    // ODD.XX is written before this row is read.
    db.execute("UPDATE series SET basis = 'nonsense' WHERE instrument = 'SP500'", []).unwrap();
    drop(db);
    let output = user.run(&["store", "export", "-o", "all.csv"]);
    assert_eq!(code(&output), Some(1), "{}", stderr(&output));
    assert_eq!(user.written("all.csv"), "of before");
    let left: Vec<_> = std::fs::read_dir(user.home.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert!(!left.iter().any(|n| n.to_string_lossy().starts_with(".marketsnap-")), "{left:?}");
}

/// So many instruments of 9,000 closes each.
fn large(instruments: usize) -> User {
    let days = d("1990-01-01").iter_days().take(9_000);
    let many: Vec<(String, f64)> = days.map(|d| (d.to_string(), 1.5)).collect();
    let many: Vec<(&str, f64)> = many.iter().map(|(d, c)| (d.as_str(), *c)).collect();
    let of = |n| series(&if n == 0 { "BTC".to_owned() } else { format!("X{n}") }, "yahoo", "USD", &many);
    User::with(&(0..instruments).map(of).collect::<Vec<_>>())
}

fn terminate(child: &std::process::Child) {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_signal_ends_what_waits_for_a_reader_with_130() {
    let user = large(1);
    let pipe = user.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for args in [&["store", "export", "-o", "pipe"][..], &["history", "BTC", "--format", "csv", "-o", "pipe"]]
    {
        let mut child = user.command(args).spawn().unwrap();
        // This returns once the program opens it too; more closes come than a pipe holds.
        let reader = std::fs::File::open(&pipe).unwrap();
        terminate(&child);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{args:?}");
        drop(reader);
    }
}

#[test]
fn an_export_that_is_stopped_leaves_nothing_beside_its_file() {
    let user = large(20);
    std::fs::write(user.path("all.csv"), "of before").unwrap();
    let names = || std::fs::read_dir(user.home.path()).unwrap().map(|f| f.unwrap().file_name());
    let beside = || names().any(|n| n.to_string_lossy().starts_with(".marketsnap-"));
    // One that is over before the signal comes is tried again.
    let stopped = (0..20).any(|_| {
        let mut child = user.command(&["store", "export", "-o", "all.csv"]).spawn().unwrap();
        while !beside() && child.try_wait().unwrap().is_none() {}
        terminate(&child);
        let code = child.wait().unwrap().code();
        assert!(!beside() && matches!(code, Some(0 | 130)), "{code:?}");
        code == Some(130)
    });
    assert!(stopped);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let user = large(1);
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(["store", "export"]).env_clear().env("MARKETSNAP_STORE", user.path("closes.db"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_to_standard_output_stays_one_where_that_is_a_file_that_was_removed() {
    use std::io::Read;
    let user = user();
    let link = user.path("stdout");
    std::os::unix::fs::symlink("/proc/self/fd/1", &link).unwrap();
    let mut removed = tempfile::tempfile().unwrap();
    let mut command = user.command(&["store", "export", "-o", "stdout"]);
    let done = command.stdout(removed.try_clone().unwrap()).status().unwrap();
    assert_eq!(done.code(), Some(0));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let mut text = String::new();
    removed.read_to_string(&mut text).unwrap();
    assert_eq!(text, user.says(&["store", "export"]));
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_how_to_build_one_with_it() {
    let user = user();
    for args in [&["--format", "parquet", "-o", "x"][..], &["-o", "x.parquet"], &["--format", "parquet"]] {
        let said = user.refused(&[&["store", "export"], args].concat());
        assert!(said.contains("--features parquet") && said.contains("CSV"), "{said}");
    }
    assert!(!user.path("x").exists() && !user.path("x.parquet").exists());
    let csv = user.says(&["store", "export", "--format", "csv", "-o", "x.parquet"]);
    assert!(csv.is_empty() && user.written("x.parquet").starts_with("instrument,"));
}

#[cfg(feature = "parquet")]
mod columns {
    use std::fs::File;

    use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    fn rows(file: &SerializedFileReader<File>) -> Vec<Vec<Field>> {
        let rows = file.get_row_iter(None).unwrap();
        rows.map(|r| r.unwrap().into_columns().into_iter().map(|(_, field)| field).collect()).collect()
    }

    fn read(user: &User, name: &str) -> SerializedFileReader<File> {
        SerializedFileReader::new(File::open(user.path(name)).unwrap()).unwrap()
    }

    fn text(text: &str) -> Field {
        Field::Str(text.into())
    }

    #[test]
    fn parquet_has_the_rows_of_the_csv_with_dates_doubles_and_instants() {
        let user = user();
        assert_eq!(user.says(&["store", "export", "--revisions", "-o", "all.parquet"]), "");
        let file = read(&user, "all.parquet");
        let schema = file.metadata().file_metadata().schema_descr_ptr();
        let names: Vec<_> = schema.columns().iter().map(|c| c.name().to_owned()).collect();
        assert_eq!(
            names.join(","),
            "instrument,source,symbol,session,close,currency,basis,fetched_at,replaced_at"
        );
        assert_eq!(schema.column(3).converted_type(), ConvertedType::DATE);
        let utc = LogicalType::timestamp(true, TimeUnit::MILLIS);
        assert_eq!(schema.column(7).logical_type_ref(), Some(&utc));
        // 2026-01-16 is day 20,469 since 1970: 56 years of 365 days and 14 leap days make 20,454, and 15 more.
        // 2026-01-21 08:30 UTC is (20,474 x 86,400 + 30,600) s, 2026-01-22 09:00 is (20,475 x 86,400 + 32,400) s.
        let (first, second) = (1_768_984_200_000, 1_769_072_400_000);
        let sp = |session, close, fetched, replaced| {
            let [id, source, symbol, usd, price] = ["SP500", "yahoo", "its-yahoo", "USD", "price"].map(text);
            let at = Field::TimestampMillis(fetched);
            vec![id, source, symbol, Field::Date(session), Field::Double(close), usd, price, at, replaced]
        };
        let rows = rows(&file);
        assert_eq!(rows.len(), 4);
        assert_eq!((&rows[0][0], &rows[0][5], &rows[0][8]), (&text("ODD.XX"), &Field::Null, &Field::Null));
        assert_eq!(rows[1], sp(20_469, 6940.51, second, Field::Null));
        assert_eq!(rows[2], sp(20_473, 6796.86, first, Field::Null));
        assert_eq!(rows[3], sp(20_469, 6940.01, first, Field::TimestampMillis(second)));
        assert_eq!(user.says(&["store", "export", "--format", "parquet", "-o", "plain"]), "");
        assert_eq!(read(&user, "plain").metadata().file_metadata().schema_descr().num_columns(), 8);
    }

    #[test]
    fn more_rows_than_a_group_holds_come_back_in_order() {
        // Four coins of 36,000 days are 144,000 rows: a group of 122,880 and one of 21,120.
        let days: Vec<NaiveDate> = d("1920-01-01").iter_days().take(36_000).collect();
        let of = |id: &str| {
            let mut series = series(id, "yahoo", "USD", &[("2025-01-01", 1.0)]);
            let bars = days.iter().enumerate().map(|(at, date)| Bar {
                date: *date,
                close: 1.0 + at as f64 / 8.0,
                low: None,
                high: None,
            });
            series = Series::of_bars(series.provenance, bars.collect(), Vec::new()).unwrap();
            series
        };
        let user = User::with(&["A", "B", "C", "D"].map(of));
        assert_eq!(user.says(&["store", "export", "-o", "all.parquet"]), "");
        let file = read(&user, "all.parquet");
        let groups: Vec<i64> = file.metadata().row_groups().iter().map(|g| g.num_rows()).collect();
        assert_eq!(groups, [122_880, 21_120]);
        let rows = rows(&file);
        // Row 122,880 is D's 14,881st: 122,880 - 3 x 36,000 = 14,880 before it.
        assert_eq!((&rows[122_880][0], &rows[122_880][4]), (&text("D"), &Field::Double(1861.0)));
    }

    #[test]
    fn parquet_goes_to_a_file_only() {
        assert!(user().refused(&["store", "export", "--format", "parquet"]).contains("-o closes.parquet"));
    }
}
