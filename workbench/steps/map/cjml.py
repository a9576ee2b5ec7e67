"""A map as CJML 2.0 XML (the customer journey modelling language), and such a file read: actors, touchpoints, channels.

The map is a *planned* journey: each step is a communication point that the customer or a party begins, with its channel.
Actual journeys are read too; what the file says of experience is told as left out. The language's published sample
breaks its own rule of ids, so that names are looked up loosely. Knows the map's model and XML; nothing of files.
"""

from __future__ import annotations

import re
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.steps.map.model import JourneyMap, as_id
from workbench.steps.map.table_reading import content as of_table
from workbench.steps.map.tables import Table, listed

SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
        "remove_comments": True, "remove_pis": True}  # fmt: skip
CUSTOMER = "customer"
KNOWN = {
    *(
        "CJML",
        "plannedJourney",
        "actualJourney",
        "journeyID",
        "journeyName",
        "actors",
        "endUser",
        "serviceProvider",
        "actorName",
    ),
    *(
        "touchpoints",
        "plannedCommunicationPoint",
        "actualCommunicationPoint",
        "plannedAction",
        "actualAction",
        "touchpointID",
    ),
    *(
        "initiator",
        "receiver",
        "actor",
        "refersTo",
        "initiatorLabel",
        "receiverLabel",
        "actionLabel",
        "channel",
        "channelName",
    ),
}


def write(drawn: JourneyMap) -> bytes:
    """The map as CJML."""
    from lxml import etree

    def put(home: Any, name: str, words: str = "", **attributes: str) -> Any:
        made = etree.SubElement(home, name, attributes)
        if words:
            made.text = _legal(words)
        return made

    root = etree.Element("CJML", version="2.0")
    journey = put(root, "plannedJourney")
    put(journey, "journeyID", as_id(drawn.title or "journey"))
    if drawn.title:
        put(journey, "journeyName", drawn.title)
    actors = put(journey, "actors")
    put(put(actors, "endUser", actorID=CUSTOMER), "actorName", "Customer")
    owners: dict[str, str] = {}
    for owner in dict.fromkeys(step.department for step in drawn.steps):
        owners[owner] = as_id(owner or "provider", {CUSTOMER, *owners.values()})
        put(put(actors, "serviceProvider", actorID=owners[owner]), "actorName", owner or "Provider")
    points = put(journey, "touchpoints")
    for step in drawn.steps:
        point = put(points, "plannedCommunicationPoint")
        put(point, "touchpointID", step.id)
        parties = [CUSTOMER, owners[step.department]]
        if step.started_by == "provider":
            parties.reverse()
        for role, party in zip(("initiator", "receiver"), parties, strict=True):
            one = put(point, role)
            put(one, "refersTo", actorIDref=party)
            put(one, f"{role}Label", step.name)
        for channel in step.channels:
            put(put(point, "channel"), "channelName", channel)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def read(text: bytes, known: JourneyMap, file: str) -> tuple[dict[str, Any], list[Fault]]:
    """CJML as the content of a map, and what is worth telling. Raises DataFault for what is none."""
    root = _parsed(text, file)
    journeys = [one for one in root if _name(one) in ("plannedJourney", "actualJourney")]
    if _name(root) != "CJML" or not journeys:
        what = f"the element <{_name(root)[:40]}>" if _name(root) != "CJML" else "no journey"
        raise DataFault(
            Fault(file, root.sourceline, "", what, "CJML with a planned or actual journey", "export it again")
        )
    journey, notes = journeys[0], _unread(root, file)
    if len(journeys) > 1:
        told = f"{len(journeys)} journeys"
        notes.append(Fault(file, journeys[1].sourceline, "", told, "one", "the first was read", weight="note"))
    users, names = _actors(journey)
    found = Table(["step", "id", "channels", "started by", "owner"], file=file)
    for touchpoints in (one for one in journey if _name(one) == "touchpoints"):
        for point in touchpoints:
            row, cells = _point(point, users, names)
            if cells["step"]:
                found.rows.append((row, cells))
                continue
            told = "a touchpoint without a label or an id"
            notes.append(Fault(file, row, "touchpoints", told, "one that says what it is", "left out", weight="note"))
    if not found.rows:
        raise DataFault(Fault(file, journey.sourceline, "", "no touchpoints", "a journey with some", "export it again"))
    _named_by_id(found, known)
    made, more = of_table(found, known)
    title = _first(journey, "journeyName") or _first(journey, "journeyID")
    return {**made, **({"title": title} if title and title != as_id(known.title or "journey") else {})}, notes + more


# -- inside -----------------------------------------------------------------------------------------------------------


def _parsed(text: bytes, file: str) -> Any:
    from lxml import etree

    try:
        tree = etree.fromstring(text, etree.XMLParser(**SAFE))  # type: ignore[arg-type]
    except etree.XMLSyntaxError as problem:
        fault = Fault(
            file, problem.lineno, "", f"broken XML ({problem.msg})"[:200], "a whole XML file", "export it again"
        )
        raise DataFault(fault) from None
    if tree.getroottree().docinfo.doctype or tree.getroottree().docinfo.internalDTD is not None:
        found = "a document type (DOCTYPE), which may hold entities or point outside: unsafe"
        raise DataFault(Fault(file, 1, "", found, "XML without one", "do not open it: ask the sender for a clean copy"))
    return tree


def _actors(journey: Any) -> tuple[set[str], dict[str, str]]:
    """The ids and names of the customers, and the name of every actor by its id."""
    users: set[str] = set()
    names: dict[str, str] = {}
    for one in journey.iter("{*}endUser", "{*}serviceProvider"):
        id, name = one.get("actorID") or "", _first(one, "actorName")
        names[id] = name or id
        if _name(one) == "endUser":
            users |= {id, name}
    return users - {""}, names


def _point(point: Any, users: set[str], names: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """A touchpoint as the row of a step."""
    parties, labels = {}, []
    for role in ("initiator", "receiver", "actor"):
        for one in point.iter(f"{{*}}{role}"):
            refers = next(iter(one.iter("{*}refersTo")), None)
            parties[role] = (refers.get("actorIDref") or "") if refers is not None else ""
            labels.append(_first(one, f"{role}Label"))
    labels.append(_first(point, "actionLabel"))
    owner = next((names.get(party, party) for party in parties.values() if party and party not in users), "")
    begun = parties.get("initiator", "")
    id = _first(point, "touchpointID")
    return point.sourceline, {
        "id": id,
        "step": next((one for one in labels if one), id),
        "channels": listed(list(dict.fromkeys(one for part in point.iter("{*}channelName") if (one := _words(part))))),
        "started by": "" if not begun else "customer" if begun in users else "provider",
        "owner": "" if owner == "Provider" else owner,
    }


def _named_by_id(found: Table, known: JourneyMap) -> None:
    """Ids of another program are no ids of ours: where they could not be, steps go by their names."""
    ids = [cells["id"] for _, cells in found.rows]
    if any(id != as_id(id) for id in ids) or len(set(ids)) < len(ids):
        found.headings.remove("id")
        for _, cells in found.rows:
            del cells["id"]


def _unread(root: Any, file: str) -> list[Fault]:
    """Elements that a map has no place for, each told once."""
    strange: dict[str, int] = {}
    for one in root.iter():
        if isinstance(one.tag, str) and _name(one) not in KNOWN:
            strange[_name(one)] = strange.get(_name(one), 0) + 1
    return [
        Fault(file, None, name[:60], f"{count} of it", "what a map can hold", "left out", weight="note")
        for name, count in list(strange.items())[:8]
    ]


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _first(home: Any, name: str) -> str:
    return next((_words(one) for one in home.iter(f"{{*}}{name}")), "")


def _legal(words: str) -> str:
    """Words without the letters that XML cannot hold."""
    return re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", words)
