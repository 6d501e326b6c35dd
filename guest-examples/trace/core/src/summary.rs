//! `-c`: how often each call was made and failed.

use alloc::{collections::BTreeMap, vec::Vec};

use host_abi::{
    errno,
    syscalls::{self, Syscall},
};

use crate::line::Line;

/// Counts by syscall number.
#[derive(Debug, Default)]
pub struct Summary(BTreeMap<u32, Count>);

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    calls: u64,
    errors: u64,
}

impl Summary {
    /// Counts a call; `None` for one that does not return.
    pub fn count(&mut self, number: u32, outcome: Option<i64>) {
        let count = self.0.entry(number).or_default();
        count.calls += 1;
        count.errors += u64::from(outcome.is_some_and(|o| errno::from_result(o).is_some()));
    }

    /// Forgets everything: the parent's counts are not the child's.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Appends the table, most calls first.
    pub fn show(&self, line: &mut Line) {
        let mut rows: Vec<(u32, Count)> = self.0.iter().map(|(n, c)| (*n, *c)).collect();
        rows.sort_by_key(|(_, count)| core::cmp::Reverse(count.calls));
        let mut total = Count::default();
        line.str("    calls    errors syscall\n--------- --------- ----------------\n");
        for (number, count) in rows {
            total.calls += count.calls;
            total.errors += count.errors;
            row(line, count);
            name(line, number, syscalls::by_number(number));
            line.byte(b'\n');
        }
        line.str("--------- --------- ----------------\n");
        row(line, total);
        line.str("total\n");
    }
}

fn row(line: &mut Line, count: Count) {
    right(line, count.calls);
    line.byte(b' ');
    if count.errors == 0 {
        line.str("         ")
    } else {
        right(line, count.errors)
    }
    line.byte(b' ');
}

/// Appends a number in nine columns.
fn right(line: &mut Line, number: u64) {
    let digits = number.checked_ilog10().unwrap_or(0) as usize + 1;
    line.pad_to(line.len() + 9usize.saturating_sub(digits));
    line.unsigned(number);
}

/// Appends the name of a call, or strace's word for one without a name.
pub fn name(line: &mut Line, number: u32, syscall: Option<&Syscall>) {
    match syscall {
        Some(call) => line.str(call.name),
        None => {
            line.str("syscall_");
            line.hex(u64::from(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text;
    use host_abi::nr;

    #[test]
    fn sorted_and_added_up() {
        let mut summary = Summary::default();
        summary.count(nr::READ, Some(3));
        summary.count(nr::OPENAT, Some(-2));
        summary.count(nr::OPENAT, Some(3));
        assert_eq!(
            text(|l| summary.show(l)),
            "    calls    errors syscall\n\
             --------- --------- ----------------\n        \
             2         1 openat\n        \
             1           read\n\
             --------- --------- ----------------\n        \
             3         1 total\n"
        );
    }
}
