"""Rules as data: what the loader refuses, what formulas compute, what a profile changes."""

import math

import pytest

from geometry.processes.expression import BadExpression, Expression
from geometry.processes.quantities import QUANTITIES
from geometry.processes.rules import PROCESSES, BadRules, Rulebook, default_rules

RULES = default_rules().rules
GOOD = """
[milling.thin_wall_cut]
limit = 1.4
unit = "mm"
source = "our shop floor"
"""


@pytest.fixture
def profile(tmp_path):
    def write(text):
        path = tmp_path / "shop.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def rule(process, id_, book=None):
    return next(r for r in (book or default_rules()).of(process) if r.id == id_)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_has_rules(process):
    assert default_rules().of(process)


@pytest.mark.parametrize("one", RULES, ids=lambda r: f"{r.process}.{r.id}")
def test_a_rule_has_a_source_and_the_unit_of_its_quantity(one):
    assert one.source.strip()
    assert one.unit == QUANTITIES[one.quantity].unit


@pytest.mark.parametrize("one", RULES, ids=lambda r: f"{r.process}.{r.id}")
def test_a_rule_fails_later_than_it_advises(one):
    if one.fail is None:
        return
    context = dict.fromkeys(QUANTITIES[one.quantity].context, 2.0)
    for family in (None, "aluminium_wrought", "stainless_steel", "plastic", "zinc"):
        advise, fail = one.limit.value(context, family), one.fail.value(context, family)
        assert fail <= advise if one.relation == ">=" else fail >= advise


@pytest.mark.parametrize("one", RULES, ids=lambda r: f"{r.process}.{r.id}")
def test_a_value_at_the_limit_keeps_a_rule_and_one_beyond_it_breaks_it(one):
    context = dict.fromkeys(QUANTITIES[one.quantity].context, 3.0)
    limit = one.limit.value(context, None)
    sign = -1 if one.relation == ">=" else 1
    beyond = limit + sign * (0.004 * abs(limit) + 1e-3)
    assert one.broken(limit, context, None) is None
    assert one.broken(limit + sign * 0.0009 * abs(limit), context, None) is None  # as a mesh has it
    if limit > 0 or one.relation == "<=":
        severity, told = one.broken(beyond, context, None)
        assert (severity, told) == (one.severity, limit)


def test_the_graver_threshold_is_told_first():
    thin = rule("milling", "thin_wall_cut")
    assert thin.broken(0.6, {"length_mm": 10}, None) == ("major", 0.8)
    assert thin.broken(0.4, {"length_mm": 10}, None) == ("critical", 0.5)


def test_a_limit_follows_the_material_family():
    thin = rule("milling", "thin_wall_cut")
    assert thin.broken(1.2, {"length_mm": 10}, "aluminium_wrought") is None
    assert thin.broken(1.2, {"length_mm": 10}, "carbon_steel") == ("major", 1.5)


def test_a_limit_follows_its_context():
    near = rule("sheet_metal", "hole_to_bend")
    assert near.limit.value({"thickness_mm": 2, "radius_mm": 3}, None) == 8


def test_a_cored_hole_may_be_deeper_when_it_goes_through():
    depth = rule("investment_casting", "cored_depth").limit
    assert depth.value({"diameter_mm": 4, "through": 0}, None) == 4
    assert depth.value({"diameter_mm": 8, "through": 0}, None) == 12
    assert depth.value({"diameter_mm": 12, "through": 1}, None) == 72


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("2.5 * t + r", 8.0),
        ("max(t, r) / 2", 1.5),
        ("-t + 10", 8.0),
        ("1 if t > 1 else 2 if r > 1 else 3", 1.0),
        ("sqrt(t * 8)", 4.0),
    ],
)
def test_a_formula_is_arithmetic(formula, value):
    assert Expression(formula)({"t": 2, "r": 3}) == value


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os')",
        "t.real",
        "t ** 99999",
        "[1]",
        "lambda: 1",
        "open('x')",
        "1 if t else 2",
        "(" * 500,
        "t; t",
        "max()",
        "True",
        "'a'",
        "",
    ],
)
def test_a_formula_is_nothing_else(formula):
    with pytest.raises(BadExpression):
        Expression(formula)


def test_a_formula_without_its_number_is_not_a_number():
    assert math.isnan(Expression("t / r")({"t": 1.0, "r": 0.0}))
    assert math.isnan(Expression("t")({}))


def test_a_profile_changes_a_limit_and_says_its_name(profile):
    book = default_rules().with_profile(profile(GOOD))
    changed = rule("milling", "thin_wall_cut", book)
    assert changed.limit.value({}, None) == 1.4
    assert changed.source == "our shop floor"
    assert changed.fail == rule("milling", "thin_wall_cut").fail
    assert book.profile == "shop"


def test_a_profile_does_not_touch_the_rules_it_does_not_name(profile):
    book = default_rules().with_profile(profile(GOOD))
    assert len(book.rules) == len(RULES)
    assert rule("turning", "thin_wall_cut", book) == rule("turning", "thin_wall_cut")


def test_a_profile_can_switch_a_rule_off(profile):
    book = default_rules().with_profile(profile("[milling.drill_size]\noff = true\n"))
    assert len(book.rules) == len(RULES) - 1


def test_a_profile_can_add_a_rule(profile):
    book = default_rules().with_profile(
        profile(
            '[turning.big_bar]\nquantity = "length_mm"\nrelation = "<="\nlimit = 900\n'
            'severity = "major"\nunit = "mm"\nsource = "our lathe"\n'
        )
    )
    assert rule("turning", "big_bar", book).limit.value({}, None) == 900


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD.replace('"mm"', '"inch"'), "unit must be 'mm', not 'inch'"),
        (GOOD.replace('source = "our shop floor"', ""), "source is missing"),
        (GOOD.replace("our shop floor", " "), "source is empty"),
        (GOOD.replace('unit = "mm"', ""), "unit is missing"),
        (GOOD.replace("1.4", "-1.4"), "limit is negative"),
        (GOOD.replace("1.4", "nan"), "limit is not a finite number"),
        (GOOD.replace("1.4", "inf"), "limit is not a finite number"),
        (GOOD.replace("1.4", '"2 * hole_mm"'), "'hole_mm' is not known here"),
        (GOOD.replace("1.4", "{ default = 1, wood = 2 }"), "no material family 'wood'"),
        (GOOD.replace("1.4", "{ zinc = 2 }"), "needs a default"),
        (GOOD.replace("1.4", "true"), "must be a number or a formula"),
        (GOOD.replace("milling", "knitting"), "no process 'knitting'"),
        (
            GOOD.replace("thin_wall_cut", "thin_wall"),
            "no rule 'thin_wall'; did you mean 'thin_wall_cut'",
        ),
        (GOOD + 'severity = "awful"\n', "severity must be one of"),
        (GOOD + 'quantity = "setups"\n', "'quantity' cannot be changed"),
        (GOOD + "colour = 1\n", "no key 'colour'"),
        ("milling = 3\n", "a table [process.rule] is needed"),
        ("[milling.thin_wall_cut\n", "not TOML"),
    ],
)
def test_a_bad_profile_is_told(profile, text, fault):
    with pytest.raises(BadRules, match=r"shop\.toml") as refused:
        default_rules().with_profile(profile(text))
    assert any(fault in told for told in refused.value.faults)


def test_all_faults_are_told_with_their_lines(profile):
    text = (
        GOOD.replace("1.4", "-1") + '\n[turning.slender]\nlimit = nan\nunit = "mm"\nsource = "x"\n'
    )
    with pytest.raises(BadRules) as refused:
        default_rules().with_profile(profile(text))
    assert [fault.split(": ")[0] for fault in refused.value.faults] == [
        "shop.toml:3",
        "shop.toml:9",  # of the unit
        "shop.toml:8",
    ]


def test_every_kind_of_fault_of_one_file_is_told_at_once_on_its_line(profile):
    lines = [
        "[milling.thin_wall_cut]",  # 1
        "limit = -1",
        'unit = "inch"',
        'source = "our shop floor"',
        "[milling.no_such_rule]",  # 5
        "limit = 1",
        "[turning.slender]",  # 7
        "limit = nan",
        "colour = 1",
        'unit = "1"',
        "[knitting.slender]",  # 11
        "limit = 1",
        "[milling]",  # 13
        'hole_depth = { limit = inf, unit = "1", source = "ours" }',
    ]
    with pytest.raises(BadRules) as refused:
        default_rules().with_profile(profile("\n".join(lines)))
    told = [int(fault.split(":")[1]) for fault in refused.value.faults]
    assert sorted(told) == [2, 3, 5, 7, 9, 11, 14]  # the seventh lacks a source


@pytest.mark.parametrize(
    ("text", "line"), [("[a]\nb = ", 2), ("[a]\nx = 1\nx = 2\n", 3), ("[a]\n[b\n", 2)]
)
def test_what_is_not_toml_is_told_with_its_line(profile, text, line):
    with pytest.raises(BadRules, match=rf"shop\.toml:{line}: not TOML"):
        default_rules().with_profile(profile(text))


def test_what_is_no_text_is_told_with_its_line(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_bytes(b"[milling.setups]\n# \xff\n")
    with pytest.raises(BadRules, match=r"shop\.toml:2: not TOML: no UTF-8"):
        default_rules().with_profile(path)


def test_a_huge_profile_is_refused_and_a_hopeless_one_is_told_up_to_a_hundred_faults(profile):
    with pytest.raises(BadRules, match="larger than 128 kB"):
        default_rules().with_profile(profile("# " + "x" * 140_000 + GOOD))
    hopeless = "\n".join(f"[milling.no_such_{i}]\nlimit = 1" for i in range(2_000))
    with pytest.raises(BadRules) as told:
        default_rules().with_profile(profile(hopeless))
    assert len(told.value.faults) == 100


def told_of(profile, text):
    with pytest.raises(BadRules) as refused:
        default_rules().with_profile(profile(text))
    return [(fault.line, fault.code) for fault in refused.value.found]


HEAD, TAIL = "[milling.hole_depth]\n", '\nunit = "1"\nsource = "our shop"\n'


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("limit = 12", [(2, "crossed")]),  # ours fails at 10
        ("limit = 6\nfail = 5", [(2, "crossed")]),
        ("limit = { default = 4, plastic = 11 }", [(2, "crossed_in")]),
        ('severity = "critical"', [(1, "milder")]),
        ('fail_severity = "advice"', [(2, "milder")]),
    ],
)
def test_a_part_that_fails_is_always_one_that_was_advised_against(profile, said, faults):
    assert told_of(profile, HEAD + said + TAIL) == faults


@pytest.mark.parametrize(
    ("limit", "fail", "faults"),
    [
        ("2 * thickness_mm", "3 * thickness_mm", [(2, "crossed")]),
        ("2 * thickness_mm", "1 * thickness_mm", []),
        ("2 * thickness_mm", "4", []),  # crossed in thin sheets alone: it is the part's to tell
        ("max(2 * thickness_mm, 1)", "max(2 * thickness_mm, 1)", []),
    ],
)
def test_formulas_of_which_the_graver_is_always_reached_first_are_told(
    profile, limit, fail, faults
):
    text = f"""[sheet_metal.hole_to_edge]
limit = "{limit}"
fail = "{fail}"
fail_severity = "major"
unit = "mm"
source = "our shop"
"""
    if faults:
        assert told_of(profile, text) == faults
    else:
        assert default_rules().with_profile(profile(text))


def test_both_thresholds_may_be_moved_together_or_be_the_same(profile):
    book = default_rules().with_profile(profile(HEAD + "limit = 12\nfail = 12" + TAIL))
    assert rule("milling", "hole_depth", book).broken(12.1, {}, None) == ("major", 12.0)


def test_a_rule_that_is_off_says_nothing_else(profile):
    text = "[milling.hole_depth]\noff = true\nlimit = -5\ncolour = 1\n"
    assert told_of(profile, text) == [(4, "only_off"), (3, "only_off")]
    off = default_rules().with_profile(profile(HEAD + "off = true" + TAIL))
    assert "hole_depth" not in [one.id for one in off.of("milling")]


def test_a_new_rule_of_lists_and_tables_is_told_and_no_crash(profile):
    text = (
        '[milling.mine]\nquantity = ["setups"]\nrelation = ">="\nlimit = 1\n'
        'severity = "minor"\nunit = "1"\nsource = "x"\n'
    )
    assert told_of(profile, text) == [(2, "no_quantity")]
    assert told_of(profile, text.replace('["setups"]', "{ a = 1 }")) == [(2, "no_quantity")]


@pytest.mark.parametrize(
    ("limit", "fault"),
    [
        ("9" * 400, "not_finite"),  # a whole number that no floating one reaches
        ('"1 / 0"', "not_finite"),
        ('"1e308 * 10"', "not_finite"),
        ('"2 - 5"', "negative"),
        ('"sqrt(1, 2)"', "formula"),
        ('"min(3)"', "formula"),
        ("9" * 5000, "no_toml"),  # more digits than Python reads
        ("[" * 5000 + "]" * 5000, "no_toml"),
    ],
    ids=["long", "division", "overflow", "negative", "root", "least", "digits", "nested"],
)
def test_a_number_that_cannot_be_one_is_told_with_its_line(profile, limit, fault):
    text = f'[milling.corner_radius_depth]\nlimit = {limit}\nunit = "mm"\nsource = "x"\n'
    assert told_of(profile, text) == [(2, fault)]


def test_a_formula_whose_value_is_beyond_all_numbers_judges_nothing():
    assert math.isnan(Expression("depth_mm * 1e200")({"depth_mm": 1e200}))


def test_a_bad_profile_changes_nothing(profile):
    book = default_rules()
    with pytest.raises(BadRules):
        book.with_profile(profile(GOOD + "\n[milling.setups]\nlimit = -1\n"))
    assert rule("milling", "thin_wall_cut", book) == rule("milling", "thin_wall_cut")


def test_a_profile_is_known_by_the_checksum_of_its_file(profile):
    import hashlib

    path = profile(GOOD)
    book = default_rules().with_profile(path)
    assert book.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert default_rules().sha256 is None


def test_a_missing_profile_is_told(tmp_path):
    with pytest.raises(BadRules, match="cannot be read"):
        Rulebook(()).with_profile(tmp_path / "absent.toml")


def test_what_was_wrong_survives_the_way_out_of_a_worker(profile):
    import pickle

    with pytest.raises(BadRules) as refused:
        default_rules().with_profile(profile(GOOD.replace("1.4", "-1.4")))
    again = pickle.loads(pickle.dumps(refused.value))
    assert again.faults == refused.value.faults


@pytest.mark.parametrize("one", RULES, ids=lambda r: f"{r.process}.{r.id}")
def test_a_rule_speaks_every_language(one):
    from workbench.language import sentences

    values = {"measured": 1.5, "limit": 2.5, "unit": one.unit, "count": 1}
    for part in ("what", "why", "fix"):
        said = sentences(f"rule.{one.id}.{part}", **values)
        assert len(set(said.values())) == 4
