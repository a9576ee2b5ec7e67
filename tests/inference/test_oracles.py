"""Every oracle case: what the public functions say against what other programs computed, key by key."""

import json

from oracle_adapter import answer


def test_the_answer_is_that_of_another_program(oracle_case, oracle_runner):
    told = json.loads((oracle_case / "expected.json").read_text(encoding="utf-8"))
    got = json.loads(json.dumps(answer(oracle_case.name.rsplit("_", 1)[0], oracle_case)))
    assert list(oracle_runner.missing(told["expected"], got)) == []
    wrong, compared = oracle_runner.compare(got, told["expected"], told["tolerance"])
    assert not wrong
    assert compared > 0
