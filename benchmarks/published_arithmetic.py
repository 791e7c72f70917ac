# SPDX-License-Identifier: Apache-2.0
"""Measure one guided step of the published arithmetic in PyTorch beside ours on the same weights, and the memory of an edit.

    python benchmarks/published_arithmetic.py --checkpoints DIR --bundle BUNDLE --size 512

Each side runs in a process of its own, so that its peak memory is its own; steps are timed by turns, so that whatever else the
machine does meets both. Medians after a warm-up; predictions are compared, so that both are known to compute the same.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from published_model import MODELS

STEPS_OF_THE_EDIT = 2  # peak memory doesn't depend on how many
TIMESTEP, GUIDANCE = 999.0, 1.5


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoints", type=Path, required=True, metavar="DIR", help="denoising_unet/, ID_enc/, vae/")
    parser.add_argument("--prompt-embeds", type=Path, metavar="FILE.npy", help="default: prompt_embeds.npy of --checkpoints")
    parser.add_argument("--bundle", type=Path, required=True, metavar="DIR", help="what export_magicface.py made of them")
    parser.add_argument("--size", type=int, default=512, help="side of the picture in pixels (default 512)")
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16", "float16"),
                        help="of ours; the published is float32")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--threads", type=int, default=0, help="of both; 0: PyTorch's default")
    parser.add_argument("--repeat", type=int, default=5, help="timed steps of each side (default 5)")
    parser.add_argument("--warmup", type=int, default=1, help="steps before them (default 1)")
    parser.add_argument("--library", type=Path, help="shared library with operators that the bundle's modules call")
    parser.add_argument("--program", type=Path, help="also: magicface bench with this program and the same bundle, afterwards")
    parser.add_argument("--low-memory", action="store_true", help="of the program")
    parser.add_argument("--cuda-graphs", action="store_true", help="of the program")
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="also write the figures there")
    parser.add_argument("--worker", choices=MODELS, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def peak_bytes() -> int:
    """VmHWM of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()


@torch.inference_mode()
def work(options: argparse.Namespace) -> None:
    """One side: a line of JSON for each line of stdin."""
    if options.threads:
        torch.set_num_threads(options.threads)
    generator = torch.Generator().manual_seed(1)
    portrait, condition = (torch.rand(1, 3, options.size, options.size, generator=generator).to(options.device) for _ in range(2))
    start = time.perf_counter()
    model = MODELS[options.worker](options)
    loaded = time.perf_counter()
    model.prepare(portrait, condition)
    wait(options.device)
    prepared = time.perf_counter()
    shape = (1, 4, options.size // 8, options.size // 8)
    noise = torch.randn(shape, generator=generator).to(options.device)
    au = torch.zeros(1, 12, device=options.device)
    au[0, 6] = 3.0

    def timed_step() -> tuple[float, torch.Tensor]:
        begin = time.perf_counter()
        prediction = model.step(noise, TIMESTEP, au, GUIDANCE)
        wait(options.device)
        return time.perf_counter() - begin, prediction

    print(json.dumps({"load": loaded - start, "prepare": prepared - loaded, "threads": torch.get_num_threads()}), flush=True)
    prediction = noise
    for line in sys.stdin:
        if line.strip() == "step":
            seconds, prediction = timed_step()
            print(json.dumps({"seconds": seconds}), flush=True)
            continue
        file = Path(line.strip())  # the end of the edit
        begin = time.perf_counter()
        model.decode(noise)
        wait(options.device)
        decoded = time.perf_counter() - begin
        torch.save(prediction.cpu().clone(), file)
        on_device = torch.cuda.max_memory_allocated() if options.device.startswith("cuda") else None
        print(json.dumps({"decode": decoded, "peak_host_bytes": peak_bytes(), "peak_device_bytes": on_device}), flush=True)


class Worker:
    """The other end of `work`."""

    def __init__(self, side: str) -> None:
        self.side, self.steps = side, []
        command = [sys.executable, __file__, *sys.argv[1:], "--worker", side]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.figures = self.reply()

    def reply(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"error: the process of '{self.side}' ended (exit code {self.process.wait()}); its words are above")
        return json.loads(line)

    def ask(self, text: str) -> dict:
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self.reply()

    def finish(self, file: Path) -> torch.Tensor:
        self.figures |= self.ask(str(file))
        self.process.stdin.close()
        self.process.wait()
        self.figures["step"] = {"median": statistics.median(self.steps), "min": min(self.steps), "max": max(self.steps)}
        return torch.load(file)


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def program_figures(options: argparse.Namespace) -> dict:
    """`magicface bench` on the same size: the same networks called from C++."""
    command = [options.program, "bench", "--bundle", options.bundle, "--size", options.size, "--steps", STEPS_OF_THE_EDIT,
               "--dtype", options.dtype, "--device", options.device, "--threads", options.threads, "--guidance", GUIDANCE,
               "--repeat", options.repeat, "--warmup", options.warmup, "--json", *["--low-memory"] * options.low_memory,
               *["--cuda-graphs"] * options.cuda_graphs]  # fmt: skip
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=True)
    [row] = json.loads(done.stdout)["rows"]
    return {"step": row["stages"]["step"], "decode": row["stages"]["decode"]["median"], "flop_per_step": row["flop_per_step"],
            "peak_host_bytes": row["peak_host_bytes"], "peak_device_bytes": row["peak_device_bytes"]}  # fmt: skip


def measure(options: argparse.Namespace) -> dict:
    workers = [Worker(side) for side in MODELS]
    for _ in range(options.warmup):
        for worker in workers:
            worker.ask("step")
    for turn in range(options.repeat):
        # Who goes first changes, so that neither always runs on what the other left in the caches.
        for worker in workers if turn % 2 == 0 else workers[::-1]:
            worker.steps.append(worker.ask("step")["seconds"])
    with tempfile.TemporaryDirectory() as folder:
        published, ours = (worker.finish(Path(folder) / worker.side) for worker in workers)
    difference = float((published - ours).abs().max() / published.abs().max())
    sides = {worker.side: worker.figures for worker in workers}
    if options.program:
        sides["program"] = program_figures(options)
    memory = "peak_device_bytes" if options.device.startswith("cuda") else "peak_host_bytes"
    return {
        "processor": processor(), "processors": len(os.sched_getaffinity(0)), "torch": torch.__version__, "device": options.device,
        "size": options.size, "dtype": {"published": "float32", "ours": options.dtype}, "repeat": options.repeat,
        "warmup": options.warmup, "sides": sides, "largest_difference": difference,
        "ratios": {side: {"step": sides["published"]["step"]["median"] / figures["step"]["median"],
                          "memory": figures[memory] / sides["published"][memory]}
                   for side, figures in sides.items() if side != "published"},
    }  # fmt: skip


def table(figures: dict) -> str:
    lines = [f"{figures['processor']}, {figures['processors']} processors, PyTorch {figures['torch']}, {figures['device']}, "
             f"{figures['size']} x {figures['size']}, median of {figures['repeat']} after {figures['warmup']}",
             f"{'':10} {'dtype':9} {'step':>9} {'min':>9} {'max':>9} {'decode':>9} {'peak':>10}  step: times as fast  memory: share"]
    for side, values in figures["sides"].items():
        step, ratio = values["step"], figures["ratios"].get(side)
        dtype = figures["dtype"].get(side, figures["dtype"]["ours"])
        peak = values["peak_device_bytes"] or values["peak_host_bytes"]
        times = "".join(f" {seconds:8.3f}s" for seconds in (step["median"], step["min"], step["max"], values["decode"]))
        line = f"{side:10} {dtype:9}{times} {peak / 2**20:6.0f} MiB"
        lines.append(line + (f"  {ratio['step']:19.2f}  {ratio['memory']:13.2f}" if ratio else ""))
    lines.append(f"largest difference of the predictions: {figures['largest_difference']:.1e} of the largest value")
    return "\n".join(lines)


def main() -> None:
    options = parse()
    if options.worker:
        work(options)
        return
    figures = measure(options)
    print(table(figures))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
