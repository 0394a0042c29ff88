"""A training on two machines, for which two network namespaces stand: root of a Linux is needed.

    python benchmarks/two_machines.py [DATASET] [PROCESSES OF EACH]

Each namespace has a network of its own, joined by a cable alone, and the same disk. The run is
compared with one of as many processes on one machine: the weights have the same bits.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.store import load_run

ADDRESSES = {"movierec-a": "10.231.77.1", "movierec-b": "10.231.77.2"}
CABLE = "movierec"  # the name of both of its ends
PORT = 29_511


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


@contextmanager
def machines() -> Iterator[None]:
    """Make the two namespaces and the cable between them; remove them at the end."""
    first, second = ADDRESSES
    made = []
    try:
        for name in ADDRESSES:
            ip("netns", "add", name)
            made.append(name)
            of_machine = Path("/etc/netns", name)  # what ip netns exec shows in place of /etc
            of_machine.mkdir(parents=True)
            names = [f"{address} {host}\n" for host, address in ADDRESSES.items()]
            (of_machine / "hosts").write_text("".join(["127.0.0.1 localhost\n", *names]))
            (of_machine / "resolv.conf").write_text("nameserver 127.0.0.1\n")  # answers nothing
        ends = ("netns", first, "type", "veth", "peer", "name", CABLE, "netns", second)
        ip("link", "add", CABLE, *ends)
        for name, address in ADDRESSES.items():
            ip("-n", name, "address", "add", f"{address}/24", "dev", CABLE)
            ip("-n", name, "link", "set", CABLE, "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield
    finally:
        for name in made:
            ip("netns", "delete", name)
            shutil.rmtree(Path("/etc/netns", name))


def command(options: list[str], name: str, dataset: str) -> list[str]:
    torchrun = [sys.executable, "-m", "torch.distributed.run", *options, "-m", "movierec_cli"]
    return [*torchrun, "train", "dnn", "--dataset", dataset, "--name", name, "--force"]


def train_on_two(dataset: str, processes: int) -> list[int]:
    """Train on both machines; return the exit codes of torchrun."""
    first = next(iter(ADDRESSES.values()))
    started = []
    for rank, name in enumerate(ADDRESSES):
        options = ["--nnodes", "2", "--nproc-per-node", str(processes), "--node-rank", str(rank)]
        options += ["--master-addr", first, "--master-port", str(PORT)]
        inside = ["ip", "netns", "exec", name, *command(options, "two-machines", dataset)]
        started.append(subprocess.Popen(inside))
    return [process.wait() for process in started]


def main(dataset: str = "ml-latest-small", processes: int = 1) -> int:
    if shutil.which("ip") is None or os.geteuid() != 0:
        print("Not tried: there is no ip, or you are not root.")
        return 1
    os.environ |= {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": CABLE}
    with tempfile.TemporaryDirectory() as home:
        os.environ["MOVIEREC_HOME"] = os.environ.get("MOVIEREC_HOME", home)
        with machines():
            began = time.perf_counter()
            codes = train_on_two(dataset, processes)
            print(f"exit codes {codes} after {time.perf_counter() - began:.1f} s")
        os.environ["GLOO_SOCKET_IFNAME"] = "lo"
        options = ["--standalone", "--nproc-per-node", str(2 * processes)]
        subprocess.run(command(options, "one-machine", dataset), check=True)
        runs: Path = Paths.from_environment().runs
        two, one = (load_run(name, runs).weights for name in ("two-machines", "one-machine"))
    same = all(np.array_equal(two[name], one[name]) for name in one)
    print(f"the weights have {'the same' if same else 'other'} bits as those of one machine")
    return 0 if same and not any(codes) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2], *map(int, sys.argv[2:3])))
