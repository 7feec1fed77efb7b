"""The plan for loading a model here and now, bettered by what earlier loads taught.

Knows the machine and what was learned; starts nothing and loads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.models.fit.plan import Plan, compute_bytes, kv_bytes, plan
from core.models.fit.remembered import Remembered
from core.models.gguf.header import Header
from core.models.machine import hardware
from core.models.machine.hardware import Device, Machine


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """`context` in tokens, at most what the model was trained for is used; `threads` 0: Moa chooses;
    `gpu_layers` -1: all that fit; `adapters`: LoRA files with their strength."""

    context: int = 4096
    threads: int = 0
    gpu_layers: int = -1
    adapters: tuple[tuple[str, float], ...] = ()
    machines: str = ""
    """The setting: other machines that carry part of the model."""


class Planner:
    """Plans with the graphics devices that were told last."""

    def __init__(self, remembered: Remembered) -> None:
        self.devices: tuple[Device, ...] | None = None
        """None until a process of llama.cpp has told."""
        self.machines = ""
        """The setting they were told for."""
        self._remembered = remembered

    def tell(self, devices: list[dict[str, Any]], machines: str) -> None:
        """The devices as the model's process reports them."""
        self.devices, self.machines = tuple(Device(**d) for d in devices), machines

    def machine(self, held: int = 0) -> Machine:
        """What may be used now, and the `held` bytes of a model that would make room."""
        free = hardware.free_memory() + held
        own, data = hardware.own_limit(), hardware.data_limit()
        return Machine(free, hardware.total_memory(), self.devices or (), own, data)

    def plan(self, header: Header, machine: Machine, options: LoadOptions) -> Plan:
        """How this model would be loaded into `machine`."""
        return plan(
            header, machine, context=options.context, gpu_layers=options.gpu_layers,
            correction=self._remembered.correction(self._kind(header)),
        )  # fmt: skip

    def setup(self, chosen: Plan, options: LoadOptions) -> dict[str, Any]:
        """The plan in the words of the model's process (llama.Setup)."""
        return {
            "context": chosen.context, "kv_type": chosen.kv_type, "flash": chosen.flash,
            "gpu_layers": chosen.gpu_layers, "spread": chosen.spread, "mmap": chosen.mmap,
            "anew": chosen.anew,
            "threads": options.threads or hardware.threads(), "fixed_threads": options.threads > 0,
            "adapters": options.adapters,
        }  # fmt: skip

    def learn(self, header: Header, chosen: Plan, context: int, took: dict[str, int]) -> None:
        """Hold what was computed against the bytes llama.cpp took, for the next plan. `context`: as it was opened."""
        if took["kv"] and took["compute"]:
            self._remembered.learn(
                self._kind(header), took["kv"] / kv_bytes(header, context, chosen.kv_type),
                took["compute"] / compute_bytes(header, context, chosen.flash),
            )  # fmt: skip

    def _kind(self, header: Header) -> str:
        """What a lesson about sizes holds for."""
        return f"{header.architecture} on {'card' if self.devices else 'processor'}"
