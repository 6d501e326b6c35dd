//! Groups that have one member.
//!
//! Many systems give each user a group of the same name and a umask of 002, so
//! that what the user makes can be written by that group, which is nobody else.
//! Such a group counts as the user; what the local files do not say does not
//! count.

use std::fs;

/// Whether `group` is the private group of `user`: it has the user's name and no
/// other member, and nobody else has it for a primary group.
pub(crate) fn is_private(group: u32, user: u32) -> bool {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    decide(&read("/etc/passwd"), &read("/etc/group"), group, user)
}

fn decide(passwd: &str, groups: &str, group: u32, user: u32) -> bool {
    fn rows(file: &str) -> impl Iterator<Item = Vec<&str>> {
        file.lines().map(|line| line.split(':').collect())
    }
    let number = |row: &[&str], at: usize| row.get(at).and_then(|word| word.parse::<u32>().ok());
    let Some(me) = rows(passwd).find(|row| number(row, 2) == Some(user)) else { return false };
    let mut named = rows(groups).filter(|row| number(row, 2) == Some(group));
    let (Some(row), None) = (named.next(), named.next()) else { return false };
    let members = row.get(3).copied().unwrap_or_default();
    row[0] == me[0]
        && members.split(',').all(|member| member.is_empty() || member == me[0])
        && rows(passwd).all(|row| number(&row, 3) != Some(group) || number(&row, 2) == Some(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n";

    #[test]
    fn a_group_of_ones_own() {
        assert!(decide(PASSWD, "root:x:0:\nann:x:1000:\n", 1000, 1000));
        assert!(decide(PASSWD, "ann:x:1000:ann\n", 1000, 1000));
    }

    #[test]
    fn a_group_that_others_have_is_not() {
        assert!(!decide(PASSWD, "ann:x:1000:bob\n", 1000, 1000), "a member");
        assert!(!decide(&PASSWD.replace("1001:1001", "1001:1000"), "ann:x:1000:\n", 1000, 1000), "a primary group");
        assert!(!decide(PASSWD, "staff:x:1000:\n", 1000, 1000), "another name");
        assert!(!decide(PASSWD, "ann:x:1000:\nstaff:x:1000:bob\n", 1000, 1000), "two names");
        assert!(!decide(PASSWD, "bob:x:1001:\n", 1001, 1000), "somebody else's");
        assert!(!decide(PASSWD, "", 1000, 1000), "unknown");
        assert!(!decide("", "ann:x:1000:\n", 1000, 1000), "unknown user");
    }
}
