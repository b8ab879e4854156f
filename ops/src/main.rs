//! The `duban` binary: hands its arguments over and ends with the code it is given.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    duban::main()
}
