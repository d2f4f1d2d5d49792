"""What a person taught the register: a name that no table knows, said once and true from then on."""

from __future__ import annotations

from lotrinh.programme.columns import choice, entity, text
from lotrinh.programme.entities import Row
from lotrinh.register.classes import CLASSES, FAMILIES


@entity("taught", ["name"], "What names are that no table of algorithms knows", optional=True, apart=True)
class Taught(Row):
    """Gives `algorithm`, which the tables know, or `class_` with family and function, or both."""

    name: str = text(
        "Name as sources write it, a pattern such as acme-* of it, or an object identifier; with .* all under it"
    )
    algorithm: str = text("Algorithm that it is, as the tables call it, or a name of its own")
    class_: str = choice("What a quantum computer does to it; by the algorithm where empty", CLASSES, default="")
    family: str = choice("What it rests on", tuple(filter(None, FAMILIES)), default="")
    function: str = choice(
        "What it is used for; by the algorithm where empty", ("key_establishment", "signature"), default=""
    )
