# SPDX-License-Identifier: Apache-2.0
"""A Slurm of one node, with everything of it in one folder, for as long as a test needs it."""
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
DAEMONS = ["munged", "slurmctld", "slurmd", "sbatch", "sinfo"]


def missing() -> list[str]:
    return [name for name in DAEMONS if shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is None]


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Slurm:
    """Starts munged, slurmctld and slurmd as children; `environment` makes Slurm's commands find them."""

    def __init__(self, folder: Path):
        for name in ("state", "spool"):
            (folder / name).mkdir(parents=True)
        folder.chmod(0o755)
        (folder / "munge.key").write_bytes(os.urandom(1024))
        (folder / "munge.key").chmod(0o600)
        host = socket.gethostname().split(".")[0]
        (folder / "slurm.conf").write_text(CONFIGURATION.format(host=host, user="root", folder=folder, ports=free_ports(2)))
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        self.environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": path}
        self.children = []
        self.folder = folder
        munge = [f"--{name}-file={folder}/munge.{name}" for name in ("key", "pid", "log", "seed")]
        self.start("munged", "--foreground", "--force", "--num-threads=1", f"--socket={folder}/munge.socket", *munge)
        self.wait("munge", "--no-input", f"--socket={folder}/munge.socket")
        self.start("slurmctld", "-D")
        self.start("slurmd", "-D")
        self.wait("sinfo", "--noheader", "--states=idle", needs_output=True)

    def start(self, name: str, *arguments: str) -> None:
        with open(self.folder / f"{name}.out", "wb") as log:
            self.children.append(subprocess.Popen([name, *arguments], env=self.environment, stdout=log, stderr=log))

    def wait(self, *command: str, needs_output: bool = False) -> None:
        deadline = time.monotonic() + 60
        while True:
            done = subprocess.run(command, env=self.environment, capture_output=True, check=False)
            if done.returncode == 0 and (done.stdout.strip() or not needs_output):
                return
            if time.monotonic() > deadline:
                self.stop()
                raise TimeoutError(f"{command[0]}: {done.stderr.decode()}")
            time.sleep(0.1)

    def stop(self) -> None:
        for child in reversed(self.children):
            child.terminate()
        for child in self.children:
            child.wait(timeout=30)
