//! How the allocator treats large pieces of memory.

/// From how many bytes on a piece of memory is the system's own, and goes back to it as soon as it is free.
#[cfg(target_env = "gnu")]
const LARGE: i32 = 1 << 20;
/// How much free memory at the end of what the program has is kept for the next piece.
#[cfg(target_env = "gnu")]
const SPARE: i32 = 4 << 20;

/// Gives large pieces back to the system when they are free. By itself glibc raises what it takes for large with each of them that is freed, up to 32 MiB,
/// and keeps the smaller ones: what a load of the index or a flush of usage took would stay. Another allocator is left as it is.
///
/// To be called before there are threads (`mallopt(3)`).
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "glibc is told by calls of C")]
pub fn give_back_what_is_large() {
    // SAFETY: `mallopt` takes two numbers and changes settings of the allocator, which any program may; no other thread is in it, as said above.
    let told = unsafe {
        [libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE), libc::mallopt(libc::M_TRIM_THRESHOLD, SPARE)]
    };
    debug_assert_eq!(told, [1, 1], "glibc knows both");
}

/// There is nothing to tell another allocator.
#[cfg(not(target_env = "gnu"))]
pub const fn give_back_what_is_large() {}

#[cfg(all(test, target_env = "gnu"))]
mod tests {
    use super::*;
    use std::hint::black_box;

    const MEBIBYTE: usize = 1 << 20;

    /// What is in memory of this process (`proc_pid_status(5)`).
    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").expect("the status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kibibytes * 1024
    }

    #[test]
    fn a_large_piece_goes_back_also_after_larger_ones() {
        give_back_what_is_large();
        // This is what would raise the bound.
        drop(black_box(vec![1_u8; 24 * MEBIBYTE]));
        let before = resident();
        let pieces: Vec<_> = (0..8)
            .map(|_| (black_box(vec![1_u8; 4 * MEBIBYTE]), black_box(vec![1_u8; 1024])))
            .collect();
        assert!(resident() > before + 30 * MEBIBYTE);
        let (large, small): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        drop(large);
        assert!(resident() < before + 8 * MEBIBYTE, "{} {before}", resident());
        drop(small);
    }
}
