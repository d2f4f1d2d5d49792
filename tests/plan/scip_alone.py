"""Solve model files by SCIP, alone in a process: SCIP and HiGHS carry libraries that clash when both are loaded.

    python scip_alone.py SECONDS FILE...

One line of JSON for each file. Nothing but PySCIPOpt is imported here.
"""

import json
import sys

import pyscipopt

TOLERANCE = 1e-9


def solve(file: str, seconds: float) -> dict[str, object]:
    """Solve one file to the end, in the sense that the file gives."""
    model = pyscipopt.Model()
    model.hideOutput()
    for name in ("numerics/feastol", "numerics/dualfeastol"):
        model.setParam(name, TOLERANCE)
    model.setParam("limits/time", seconds)
    model.readProblem(file)
    model.optimize()
    status = {"inforunbd": "infeasible"}.get(model.getStatus(), model.getStatus())
    found = status == "optimal"
    return {
        "status": status,
        "objective": model.getObjVal() if found else None,
        "bound": model.getDualbound() if found else None,
        "seconds": model.getSolvingTime(),
    }


if __name__ == "__main__":
    for path in sys.argv[2:]:
        print(json.dumps(solve(path, float(sys.argv[1]))), flush=True)
    assert "highspy" not in sys.modules
