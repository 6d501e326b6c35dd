//! Times of files, which strace shows with their date.

use host_abi::{nr, syscalls::Shape};

use crate::{
    call::Decoder,
    layout::{field, signed},
    line::Line,
};

const UTIME_NOW: u64 = 0x3fff_ffff;
const UTIME_OMIT: u64 = 0x3fff_fffe;

/// Whether a time is one that is given to a file.
pub fn is_file_time(decoder: &Decoder, shape: Shape) -> bool {
    matches!(shape, Shape::Timespec | Shape::Timeval)
        && matches!(decoder.call.number, nr::UTIMENSAT | nr::UTIMES | nr::FUTIMESAT)
}

/// Appends `{tv_sec=0, tv_nsec=0} /* 1970-01-01T00:00:00+0000 */`,
/// `UTIME_NOW` or `UTIME_OMIT`.
pub fn file_time(decoder: &mut Decoder, shape: Shape, bytes: &[u8]) {
    let (seconds, fraction) = (signed(bytes, 8), field(bytes, 8, 8));
    let is_spec = shape == Shape::Timespec;
    let line = &mut *decoder.line;
    match fraction {
        UTIME_NOW if is_spec => return line.str("UTIME_NOW"),
        UTIME_OMIT if is_spec => return line.str("UTIME_OMIT"),
        _ => {}
    }
    line.str("{tv_sec=");
    line.signed(seconds);
    line.str(if is_spec { ", tv_nsec=" } else { ", tv_usec=" });
    line.unsigned(fraction);
    line.byte(b'}');
    let digits = if is_spec { 9 } else { 6 };
    if fraction < 10u64.pow(digits) {
        line.str(" /* ");
        date(line, seconds, fraction, digits);
        line.str(" */");
    }
}

/// Appends `{actime=5 /* ... */, modtime=6 /* ... */}`.
pub fn file_times(decoder: &mut Decoder, bytes: &[u8]) {
    for (at, label) in [(0, "{actime="), (8, ", modtime=")] {
        let seconds = field(bytes, at, 8).cast_signed();
        decoder.line.str(label);
        decoder.line.signed(seconds);
        decoder.line.str(" /* ");
        date(decoder.line, seconds, 0, 0);
        decoder.line.str(" */");
    }
    decoder.line.byte(b'}');
}

/// Appends a date of the proleptic Gregorian calendar in UTC.
fn date(line: &mut Line, seconds: i64, fraction: u64, digits: u32) {
    let days = seconds.div_euclid(86_400);
    let second = seconds.rem_euclid(86_400).cast_unsigned();
    let (year, month, day) = civil(days);
    line.signed(year);
    for (separator, part) in
        [(b'-', month), (b'-', day), (b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)]
    {
        line.byte(separator);
        line.fixed(part, 2);
    }
    if fraction != 0 {
        line.byte(b'.');
        line.fixed(fraction, digits);
    }
    line.str("+0000");
}

/// Year, month and day of a number of days since 1970-01-01, by counting in
/// eras of 400 years that begin on 1 March.
fn civil(days: i64) -> (i64, u64, u64) {
    const DAYS_OF_ERA: i64 = 146_097;
    const FROM_YEAR_0: i64 = 719_468;
    let days = days.saturating_add(FROM_YEAR_0);
    let era = days.div_euclid(DAYS_OF_ERA);
    let day_of_era = days.rem_euclid(DAYS_OF_ERA);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year_of_era + era * 400 + next, month.cast_unsigned(), day.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text;

    #[test]
    fn dates() {
        assert_eq!(text(|l| date(l, 0, 0, 9)), "1970-01-01T00:00:00+0000");
        assert_eq!(text(|l| date(l, 951_782_400, 5, 9)), "2000-02-29T00:00:00.000000005+0000");
        assert_eq!(text(|l| date(l, -1, 0, 9)), "1969-12-31T23:59:59+0000");
        assert_eq!(text(|l| date(l, 1_795_488_000, 0, 6)), "2026-11-24T02:40:00+0000");
    }
}
