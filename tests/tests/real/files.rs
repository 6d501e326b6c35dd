//! Programs that read, write, compress and encrypt files.

use super::{EVERY, Real, lacks, program, script};
use anyhow::{Result, ensure};
use std::fs;
use std::path::PathBuf;
use zpoline_tests::command::{End, Run};
use zpoline_tests::scratch::Scratch;

pub(crate) fn all() -> Vec<Real> {
    vec![
        Real::new("ls -lAR", || lacks(&["ls"]), ls).ways(EVERY),
        Real::new("cat of 100 MB", || lacks(&["cat"]), cat),
        Real::new("sort, gzip, xargs", || lacks(&["sort", "gzip", "xargs"]), tools),
        Real::new("find, sed, awk, grep, diff", || lacks(&["find", "sed", "awk", "grep", "diff"]), text_tools),
        Real::new("tar", || lacks(&["tar"]), tar).ways(EVERY),
        Real::new("xz -T2, bzip2, zstd", || lacks(&["xz", "bzip2", "zstd"]), compressors),
        Real::new("openssl", || lacks(&["openssl"]), openssl).ways(EVERY),
        Real::new("rsync", || lacks(&["rsync"]), rsync),
        Real::new("dd, truncate, cp, mv, ln", || lacks(&["dd", "cp"]), copies),
    ]
}

/// A file tree with fixed contents and times.
pub(crate) fn tree(scratch: &Scratch) -> Result<PathBuf> {
    let top = scratch.path("tree");
    for directory in ["a", "a/b", "c"] {
        fs::create_dir_all(top.join(directory))?;
        for number in 0..60 {
            fs::write(
                top.join(directory).join(format!("file-{number}")),
                format!("{directory} {number}\n").repeat(number),
            )?;
        }
    }
    std::os::unix::fs::symlink("../a/file-3", top.join("c/link"))?;
    let touch = Run::new("/bin/sh")
        .args(["-c", "find . -exec touch -h -d 2024-05-05T05:05:05Z {} +"])
        .within(&top)
        .outcome()?;
    ensure!(touch.end == End::Exit(0), "touch: {}", touch.complained());
    Ok(top)
}

fn ls(scratch: &Scratch) -> Result<Run> {
    Ok(program("ls")?.args(["-lAR", "--time-style=full-iso"]).within(&tree(scratch)?))
}

/// Bytes that do not repeat.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.take(length / 8).flatten().collect()
}

fn cat(scratch: &Scratch) -> Result<Run> {
    Ok(program("cat")?.arg(scratch.write("big", noise(100 << 20))?))
}

fn tools(scratch: &Scratch) -> Result<Run> {
    scratch.write("noise", noise(1 << 20))?;
    let script = "od -An -tx1 -v noise | sort -S 1M --parallel=2 | gzip -9n | gunzip | md5sum
        seq 1 200 | xargs -P 4 -n 10 sh -c 'exec >/dev/null; echo $@' && find . -type f | wc -l";
    Ok(program("sh")?.arg("-c").arg(script).within(scratch.directory()))
}

fn tar(scratch: &Scratch) -> Result<Run> {
    let top = tree(scratch)?;
    let script = "tar --sort=name --owner=0 --group=0 -czf ../x.tgz . && mkdir ../out && tar -C ../out -xzf ../x.tgz &&
        diff -r . ../out && tar -tvzf ../x.tgz && gunzip -c ../x.tgz | md5sum";
    Ok(program("sh")?.args(["-c", script]).within(&top))
}

fn text_tools(scratch: &Scratch) -> Result<Run> {
    tree(scratch)?;
    let text = r#"
        cp -r tree other && sed -i s/7/seven/g other/a/file-* && diff -r tree other | md5sum
        find tree -type f -size +100c -newermt 2020-01-01 -exec grep -c 1 {} + | sort | md5sum
        awk '{ n[$1] += $2 } END { for (k in n) print k, n[k] }' tree/*/file-* | sort
        grep -rl 'c 5' tree | sort | tail -3; comm -12 tree/a/file-9 other/a/file-9 | head -1
    "#;
    script("sh", scratch, text)
}

fn compressors(scratch: &Scratch) -> Result<Run> {
    let text = noise(1 << 20).iter().flat_map(|byte| format!("{byte} ").into_bytes()).collect::<Vec<u8>>();
    scratch.write("text", text)?;
    let text = r#"
        for tool in "xz -T2 --block-size=256KiB -1" "bzip2 -1" "zstd -q -T2 -3" "gzip -1n"; do
            $tool -c text > packed && ${tool%% *} -dc packed | cmp - text && md5sum packed
        done
    "#;
    script("sh", scratch, text)
}

fn openssl(scratch: &Scratch) -> Result<Run> {
    scratch.write("data", noise(1 << 20))?;
    let text = "openssl version && openssl dgst -sha256 data && openssl enc -aes-256-cbc -pbkdf2 -k secret -S 0011223344556677 -in data -out sealed &&
        openssl enc -d -aes-256-cbc -pbkdf2 -k secret -S 0011223344556677 -in sealed | cmp - data && md5sum sealed &&
        openssl genrsa -out key 2048 2>/dev/null && openssl req -x509 -key key -subj /CN=here -days 1 -out certificate &&
        openssl dgst -sha256 -sign key -out signature data && openssl x509 -in certificate -noout -pubkey > public &&
        openssl dgst -sha256 -verify public -signature signature data";
    script("sh", scratch, text)
}

fn rsync(scratch: &Scratch) -> Result<Run> {
    tree(scratch)?;
    let text =
        "rsync -a --out-format='%o %n' tree/ copy && diff -r tree copy && rm tree/a/file-5 && echo new > tree/c/new &&
        rsync -a --delete --out-format='%o %n' tree/ copy && diff -r tree copy && ls -lR --time-style=+ copy | md5sum";
    script("sh", scratch, text)
}

fn copies(scratch: &Scratch) -> Result<Run> {
    scratch.write("big", noise(4 << 20))?;
    let text = "cp --reflink=auto big copy && dd if=big of=piece bs=4097 count=100 skip=3 status=none conv=fsync && md5sum piece &&
        truncate -s 1G sparse && dd if=piece of=sparse bs=1M seek=1000 conv=notrunc status=none && cp --sparse=always sparse other &&
        cmp sparse other && stat -c %s other && ln big hard && ln -s big soft && mv copy moved && stat -c '%h %F' hard soft moved &&
        mkfifo pipe && (cat big > pipe & md5sum < pipe) && split -n 7 big part. && cat part.* | cmp - big && shred -u -n 1 moved && ls";
    script("sh", scratch, text)
}
