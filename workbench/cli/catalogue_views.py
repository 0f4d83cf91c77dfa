"""How do answers about many parts look at a terminal: likeness, families, what is known?"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from workbench import language
from workbench.cli.show import line, name_text, say, show, table
from workbench.likeness_words import dimension_name, facts, standard_name, why

__all__ = ["evidence", "families", "known", "similar"]

MOST_ROWS = 20


def similar(answer: Mapping[str, Any]) -> None:
    """Parts like the one asked for, most alike first; standard parts apart."""
    results = answer["results"]
    if not results:
        line("similar.nowhere" if "picked" in answer else "parts.none")
        return
    made = [result for result in results if "standard_part" not in result]
    bought = [result for result in results if "standard_part" in result]
    if made:
        show(_likest(made))
    if bought:
        show(Text(), Text(say("similar.standard"), style="bold"), _likest(bought))


def _likest(results: Sequence[Mapping[str, Any]]) -> Table:
    found = table("similarity", "key", "name", "file", "why", "known", right=(0,))
    for result in results:
        found.add_row(
            language.percent(result["similarity"], 1),
            result["part"],
            name_text(standard_name(result.get("standard_part")) or result["part_name"]),
            name_text(result["name"]),
            Text(why(result)),
            Text(facts(result.get("known", {}))),
        )
    return found


def known(answer: Mapping[str, Any]) -> None:
    """All that is known of one part."""
    line("known.all", part=answer["part"], facts=facts(answer["known"]) or "–")


def evidence(found: Sequence[Mapping[str, Any]]) -> None:
    """What is known of the parts that are most like the one that was matched."""
    if not found:
        return
    rows = table("similarity", "key", "name", "known", right=(0,))
    for each in found:
        rows.add_row(
            language.percent(each["similarity"], 0),
            each["part"],
            name_text(each["part_name"]),
            Text(facts(each)),
        )
    show(Text(), Text(say("match.evidence"), style="bold"), rows)


def families(answer: Mapping[str, Any]) -> None:
    """Families, doubles, twins, and what could have one dimension."""
    line("families.count", count=len(answer["families"]), parts=answer["count"])
    if answer["families"]:
        rows = table("parts", "key", "name", "members", right=(0,))
        for family in answer["families"][:MOST_ROWS]:
            first = family["parts"][0]
            others = ", ".join(each["name"] for each in family["parts"][1:5])
            rows.add_row(
                str(len(family["parts"])),
                family["representative"],
                name_text(standard_name(first.get("standard_part")) or first["part_name"]),
                name_text(others),
            )
        show(rows)
    for kind in ("duplicates", "mirrored"):
        if answer[kind]:
            show(Text(), Text(say(f"families.{kind}"), style="bold"))
            rows = table("key", "file", "key", "file")
            for pair in answer[kind][:MOST_ROWS]:
                rows.add_row(
                    pair["a"]["part"], name_text(pair["a"]["name"]),
                    pair["b"]["part"], name_text(pair["b"]["name"]),
                )  # fmt: skip
            show(rows)
    if answer["standardise"]:
        show(Text(), Text(say("families.standardise"), style="bold"))
        rows = table("file", "file", "dimension", "from", "to", right=(3, 4))
        for pair in answer["standardise"][:MOST_ROWS]:
            dimension = pair["dimension"]
            rows.add_row(
                name_text(pair["a"]["name"]),
                name_text(pair["b"]["name"]),
                Text(dimension_name(dimension)),
                language.number(dimension["a"], 2),
                language.number(dimension["b"], 2),
            )
        show(rows)
    for kind in ("duplicates", "mirrored", "standardise"):
        if len(answer[kind]) > MOST_ROWS:
            line("more", count=len(answer[kind]) - MOST_ROWS)
