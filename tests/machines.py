"""The numeric tests as other machines compute: other kernels and numbers of threads.

Run by ``make test-machines``; with ``--few`` every value is used at least once. The kernels are
those of OpenBLAS (numpy), of ATen and of MKL (both torch).
"""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
NUMERIC = [
    f"tests/{folder}"
    for folder in (
        "core/models", "core/training", "core/evaluation", "core/experiments", "core/recommend",
        "core/test_api.py", "benchmarks",
    )
]  # fmt: skip
CORES = {
    "Haswell": {"HASWELL"},
    "Zen": {"ZEN", "HASWELL"},  # numpy's wheels give Zen the kernels of Haswell
    "SkylakeX": {"SKYLAKEX"},
    "Prescott": {"PRESCOTT", "KATMAI"},  # two names of one set of kernels
}
"""The cores of OpenBLAS, and the names by which it reports their kernels."""
CAPABILITIES = {"default": {"MKL_CBWR": "COMPATIBLE"}, "avx2": {}}
"""The instructions of ATen; with the plain ones, MKL takes its plainest kernels too."""
THREADS = (1, 2)
FEW = [
    ("Haswell", "avx2", 1),
    ("Zen", "default", 2),
    ("SkylakeX", "avx2", 2),
    ("Prescott", "default", 1),
]

PROBE = """
import numpy, threadpoolctl, torch
square = numpy.ones((300, 300), numpy.float32)
assert (square @ square == 300).all()
assert (torch.from_numpy(square) @ torch.from_numpy(square) == 300).all()
cores = {found.get("architecture") for found in threadpoolctl.threadpool_info()}
print(torch.backends.cpu.get_cpu_capability(), *filter(None, cores))
"""


@dataclass(frozen=True)
class Machine:
    """A way of computing: OpenBLAS core, ATen capability, threads."""

    core: str
    capability: str
    threads: int

    def __str__(self) -> str:
        return f"{self.core:8}  {self.capability:7}  threads {self.threads}"

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that computes in this way."""
        threads = str(self.threads)
        return os.environ | {
            "OPENBLAS_CORETYPE": self.core,
            "ATEN_CPU_CAPABILITY": self.capability,
            **CAPABILITIES[self.capability],
            "OMP_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
        }

    def is_supported(self) -> bool:
        """Return whether this processor has the kernels, by computing with them in a process."""
        probe = subprocess.run(
            [sys.executable, "-c", PROBE],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        # a processor without AVX-512 ends the process with SIGILL, or OpenBLAS takes another core
        capability, *cores = probe.stdout.upper().split() or [""]
        return capability == self.capability.upper() and bool(CORES[self.core] & {*cores})

    def test(self) -> bool:
        """Run the numeric tests in fresh processes; return whether they pass."""
        workers = max((os.cpu_count() or 1) // self.threads, 1)
        distribution = ["--numprocesses", str(workers), "--dist", "loadfile"]
        command = [sys.executable, "-m", "pytest", *(distribution if workers > 1 else ())]
        done = subprocess.run([*command, *NUMERIC], cwd=ROOT, env=self.environment(), check=False)
        return done.returncode == 0


def results(machines: list[Machine]) -> Iterator[tuple[Machine, str]]:
    """Test each machine; yield it with its result."""
    for machine in machines:
        sys.stdout.write(f"\n== {machine}\n")
        sys.stdout.flush()
        start = time.monotonic()
        if not machine.is_supported():
            yield machine, "skipped: this processor or build has no such kernels"
            continue
        passed = machine.test()
        yield machine, f"{'passed' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s"


def main(arguments: list[str]) -> int:
    """Print a table of all results; return the exit code."""
    rows = FEW if arguments == ["--few"] else itertools.product(CORES, CAPABILITIES, THREADS)
    found = list(results([Machine(*row) for row in rows]))
    sys.stdout.write("\n" + "".join(f"{machine}  {result}\n" for machine, result in found))
    return int(any(result.startswith("FAILED") for _, result in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
