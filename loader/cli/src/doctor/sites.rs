//! Where an object's syscall instructions are, and by what each would be caught.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use zpoline_planner::{Object, Planner, RedZone, Sites, find_sites, object_from_file};

/// One object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    object: String,
    /// Proven to be instructions.
    sites: usize,
    /// A jump over the instructions that lead to the site, at any time.
    before: usize,
    /// A jump over those behind it, while no thread is in the call.
    after: usize,
    /// Nothing behind the site relies on the word that a call through page 0
    /// overwrites.
    page_0: usize,
    /// Why there is no jump: the sites of each reason.
    refused: BTreeMap<String, Vec<u64>>,
    /// What could not be proven, by reason.
    unproven: BTreeMap<String, Vec<u64>>,
}

impl Row {
    /// What there is to say about a file; the error if it cannot be read.
    pub(super) fn of(path: &Path) -> Result<Self, String> {
        let file = std::fs::read(path).map_err(|error| error.to_string())?;
        let object = object_from_file(&file).ok_or("not an x86-64 ELF object")?;
        Ok(Self::plan(path.display().to_string(), &object, &find_sites(&object)))
    }

    /// The choices that the loader makes.
    fn plan(name: String, object: &Object<'_>, sites: &Sites) -> Self {
        let mut planner = Planner::new(object);
        let mut row = Self { object: name, sites: sites.sites.len(), ..Self::default() };
        for site in &sites.sites {
            row.page_0 += usize::from(planner.red_zone(site) == RedZone::Unused);
            match (planner.before(site), planner.after(site)) {
                (Ok(detour), _) if detour.traps_inside => row.before += 1,
                (_, Ok(_)) => row.after += 1,
                (before, Err(after)) => {
                    let why = match before {
                        Ok(_) => "in-use".to_owned(),
                        Err(before) => format!("no-room:{before},{after}"),
                    };
                    row.refused.entry(why).or_default().push(site.address);
                }
            }
        }
        for unproven in &sites.unproven {
            row.unproven.entry(format!("unproven:{}", unproven.reason)).or_default().push(unproven.address);
        }
        row
    }

    fn by_sigsys(&self) -> usize {
        self.refused.values().map(Vec::len).sum()
    }

    fn undecided(&self) -> usize {
        self.unproven.values().map(Vec::len).sum()
    }
}

/// Several objects.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    without: Vec<String>,
}

impl Table {
    /// Adds an object; one without sites is only named.
    pub(super) fn add(&mut self, row: Row) {
        if row.sites == 0 && row.unproven.is_empty() {
            self.without.push(row.object);
        } else {
            self.rows.push(row);
        }
    }
}

/// How many addresses of one reason are shown.
const SHOWN: usize = 12;

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "   sites  before   after  SIGSYS  page 0  unproven  object")?;
        for row in &self.rows {
            writeln!(
                f,
                "{:>8}{:>8}{:>8}{:>8}{:>8}{:>10}  {}",
                row.sites,
                row.before,
                row.after,
                row.by_sigsys(),
                row.page_0,
                row.undecided(),
                row.object
            )?;
            for (reason, addresses) in row.refused.iter().chain(&row.unproven) {
                write!(f, "{:>8}  {reason}:", addresses.len())?;
                for address in addresses.iter().take(SHOWN) {
                    write!(f, " {address:#x}")?;
                }
                let more = addresses.len().saturating_sub(SHOWN);
                writeln!(f, "{}", if more > 0 { format!(" and {more} more") } else { String::new() })?;
            }
        }
        for name in &self.without {
            writeln!(f, "       0  {name}")?;
        }
        f.write_str(LEGEND)
    }
}

const LEGEND: &str = "
  before    a jump over the instructions before it: at any time
  after     a jump over those behind it: at load time, or at its first call
  SIGSYS    no such jump; auto and sud see it, at 1 to 2 us a call; jump, which patches
            at load time, takes what is in-use and does not see the rest
  page 0    of all: nothing near it uses the word that --mechanism zpoline overwrites
  unproven  may be data and is left alone: seen by auto and sud if it is executed
  zpoline help stats explains the reasons
";

#[cfg(test)]
mod tests {
    use super::*;
    use zpoline_planner::{Kind, Proof, Reason, Segment, Site, Unproven};

    fn planned(code: &[u8], site: u64) -> Row {
        let object = Object { text: vec![Segment { vaddr: 0x1000, bytes: code }], ..Object::default() };
        let function = (0x1000, 0x1000 + code.len() as u64);
        let site = Site {
            address: 0x1000 + site,
            kind: Kind::Syscall,
            proof: Proof::Symbol,
            prefixes: 0,
            function,
            private_load: false,
        };
        Row::plan("x".into(), &object, &Sites { sites: vec![site], ..Sites::default() })
    }

    #[test]
    fn what_surrounds_a_site_decides_about_its_jump() {
        // mov $39,%eax; syscall; ret
        let row = planned(&[0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3], 5);
        assert_eq!((row.before, row.after, row.by_sigsys()), (1, 0, 0));
        // mov %edi,%eax; syscall; cmp $-4095,%rax; ret
        let row = planned(&[0x89, 0xf8, 0x0f, 0x05, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0xc3], 2);
        assert_eq!((row.before, row.after, row.by_sigsys()), (0, 1, 0));
    }

    #[test]
    fn the_table_has_a_line_for_each_reason() {
        let mut table = Table::default();
        table.add(planned(&[0x0f, 0x05, 0xc3], 0));
        let unproven = vec![Unproven { address: 0x2000, reason: Reason::NoEvidence }];
        let sites = Sites { sites: Vec::new(), unproven, rejected: 0 };
        table.add(Row::plan("/b.so".into(), &Object::default(), &sites));
        table.add(Row { object: "/libm.so".into(), ..Row::default() });
        let text = table.to_string();
        let wanted = "   sites  before   after  SIGSYS  page 0  unproven  object
       1       0       0       1       0         0  x
       1  no-room:too-short,too-short: 0x1000
       0       0       0       0       0         1  /b.so
       1  unproven:no-evidence: 0x2000
       0  /libm.so
";
        assert_eq!(text.strip_suffix(LEGEND), Some(wanted), "{text}");
    }

    #[test]
    fn many_addresses_are_cut_short() {
        let refused = BTreeMap::from([("no-room:x,y".to_owned(), (0..20).collect())]);
        let mut table = Table::default();
        table.add(Row { sites: 20, refused, ..Row::default() });
        assert!(table.to_string().contains(" 0xa 0xb and 8 more\n"), "{table}");
    }

    #[test]
    fn what_is_no_object_is_said() {
        assert!(Row::of(Path::new("/no/such/file")).unwrap_err().starts_with("No such file"));
        assert_eq!(Row::of(Path::new("/etc/passwd")).unwrap_err(), "not an x86-64 ELF object");
    }
}
