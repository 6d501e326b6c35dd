//! System V messages, semaphores and shared memory.

use host_abi::flags::sets;

use crate::{
    call::Decoder,
    layout::{
        As::{Id, Named, Octal, Signed, Struct, Unsigned},
        Field, Layout, signed,
    },
    text::{Quote, quoted},
};

/// Appends `{mtype=1, mtext="hello"}`.
pub fn message(decoder: &mut Decoder, at: u64, length: u64) -> Option<()> {
    const HEADER: usize = 8;
    let limit = decoder.limits.string as u64;
    let bytes = decoder.memory.read(at, HEADER + length.min(limit) as usize)?;
    decoder.line.str("{mtype=");
    decoder.line.signed(signed(&bytes, 8));
    decoder.line.str(", mtext=");
    quoted(decoder.line, &bytes[HEADER..], length > limit, Quote::Text);
    decoder.line.byte(b'}');
    Some(())
}

const fn full(fields: &'static [Field]) -> Layout {
    Layout { fields, abbreviated: false }
}

/// `struct ipc64_perm`.
static PERMISSIONS: Layout = full(&[
    Field("uid", 4, Id),
    Field("gid", 8, Id),
    Field("mode", 20, Octal),
    Field("key", 0, Signed(4)),
    Field("cuid", 12, Id),
    Field("cgid", 16, Id),
]);

/// `struct msqid64_ds`.
pub static QUEUE: Layout = full(&[
    Field("msg_perm", 0, Struct(&PERMISSIONS)),
    Field("msg_stime", 48, Unsigned(8)),
    Field("msg_rtime", 56, Unsigned(8)),
    Field("msg_ctime", 64, Unsigned(8)),
    Field("msg_qnum", 80, Unsigned(8)),
    Field("msg_qbytes", 88, Unsigned(8)),
    Field("msg_lspid", 96, Signed(4)),
    Field("msg_lrpid", 100, Signed(4)),
]);

/// `struct semid64_ds`.
pub static SEMAPHORES: Layout = full(&[
    Field("sem_perm", 0, Struct(&PERMISSIONS)),
    Field("sem_otime", 48, Unsigned(8)),
    Field("sem_ctime", 64, Unsigned(8)),
    Field("sem_nsems", 80, Unsigned(8)),
]);

/// `struct shmid64_ds`.
pub static SHARED_MEMORY: Layout = full(&[
    Field("shm_perm", 0, Struct(&PERMISSIONS)),
    Field("shm_segsz", 48, Unsigned(8)),
    Field("shm_cpid", 80, Signed(4)),
    Field("shm_lpid", 84, Signed(4)),
    Field("shm_nattch", 88, Unsigned(8)),
    Field("shm_atime", 56, Unsigned(8)),
    Field("shm_dtime", 64, Unsigned(8)),
    Field("shm_ctime", 72, Unsigned(8)),
]);

/// `struct sembuf`.
pub static OPERATION: Layout = full(&[
    Field("sem_num", 0, Unsigned(2)),
    Field("sem_op", 2, Signed(2)),
    Field("sem_flg", 4, Named(2, &sets::SEMOP)),
]);
