"""Write the contract's files anew: `./dev contract`."""

from __future__ import annotations

from contract.files import ROOT, drawn

for path, text in drawn().items():
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
