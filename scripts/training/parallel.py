# SPDX-License-Identifier: Apache-2.0
"""Data-parallel training in several one-thread processes.

On a shared processor one process with two OpenMP threads waits at every parallel region for the thread that lost its
core (measured: ten times slower beside a compiler). Here every process steps on its own, and now and then they
average their parameters.
"""
import os
import sys
import tempfile
from collections.abc import Callable

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

PERIOD = 4  # steps between two averages


def rank() -> int:
    """This process's number, 0 when alone."""
    return dist.get_rank() if dist.is_initialized() else 0


def _worker(index: int, count: int, store: str, main: Callable[[], None]) -> None:
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=index, world_size=count)
    main()
    dist.barrier()  # who is ahead must not go while others still speak
    dist.destroy_process_group()
    sys.stdout.flush()
    os._exit(0)  # the interpreter's end could meet a thread of LibTorch that is still alive, and abort a finished training


def launch(main: Callable[[], None], workers: int) -> None:
    """Run `main` in that many processes."""
    if workers == 1:
        main()
        return
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(_worker, (workers, os.path.join(folder, "store"), main), nprocs=workers)


@torch.no_grad()
def average_parameters(network: nn.Module, finished: bool) -> bool:
    """Average the parameters over all processes; true as soon as one of them has finished."""
    if not dist.is_initialized():
        return finished
    parent = mp.parent_process()
    if parent is not None and not parent.is_alive():
        raise SystemExit("the starting process is gone")  # else a killed training would go on unseen
    parameters = list(network.parameters())
    flag = torch.tensor([float(finished)], device=parameters[0].device)
    flat = torch.cat([p.reshape(-1) for p in parameters] + [flag]) / dist.get_world_size()
    dist.all_reduce(flat)
    for parameter, part in zip(parameters, flat[:-1].split([p.numel() for p in parameters])):
        parameter.copy_(part.view_as(parameter))
    return bool(flat[-1] > 0)
