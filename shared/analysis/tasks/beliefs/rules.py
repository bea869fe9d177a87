"""Forms in which people state what they hold to be true, as data.

The categories are ten core-belief themes; limiting forms and thinking traps follow the cognitive
therapy literature (Beck, J. S., Cognitive Behavior Therapy, 3rd ed.; Burns, Feeling Good).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

LIMITING, EMPOWERING = "limiting", "empowering"


@dataclass(frozen=True)
class Rule:
    """One form of belief.

    Attributes:
        form: regular expression of what a clause must hold; the belief reads from its start to the
            clause's end.
        about: self, others, world or future.
        trap: thinking trap that the form itself shows, None where it shows none.
        whole: the belief reads on over commas and joins, as in "if ..., then ...".
    """

    form: str
    category: str
    polarity: str = LIMITING
    about: str = "self"
    trap: str | None = None
    whole: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The form, in either case."""
        return re.compile(self.form, re.IGNORECASE)


_AM = r"\bI(?:['’]m|\s+am)\s+(?:(?:just|simply|really|maybe|probably|still|always|somehow)\s+)?"
_NOT = r"\bI(?:['’]m|\s+am)\s+(?:(?:just|simply|really)\s+)?not\s+(?:(?:just|really)\s+)?"
_MUST = r"\bI\s+(?:always\s+)?(?:should|must|have\s+to|need\s+to|had\s+to|ought\s+to)\s+"
_BAD = (
    r"(?:fail|fall|lose|never|nobody|no\s+one|everyone|they(?:['’]ll|\s+will)|people|means?|judge"
    r"|reject|leave|not\s+(?:good|enough|worth)|too\s+much|disappoint|hate|alone|flaw|worthless"
    r"|weak|useless|find\s+out|can['’]t|what\s+am\s+I|go\s+wrong|fraud|let\s+\w+\s+down|behind)"
)

RULES: tuple[Rule, ...] = (
    Rule(
        rf"\bif\s+(?:I|my|it|something|someone|people|they)\b[^.!?;]{{3,80}}?,\s*(?:then\s+)?"
        rf"(?=(?:I|it|they|people|everything|everyone|nobody|no\s+one|that|what|my)\b)[^.!?;]{{0,60}}?\b{_BAD}",
        "Control", trap="fortune telling", about="future", whole=True,
    ),
    Rule(_NOT + r"(?:\w+\s+)?(?:enough|worthy|worth)\b", "Self-Worth"),
    Rule(
        r"\b(?:my|the)\s+\w+\s+(?:are|is|aren['’]t|isn['’]t)\s+(?:(?:just|never|not)\s+)*"
        r"(?:good|smart)\s+enough\b", "Capability",
    ),
    Rule(
        _NOT + r"(?:cut\s+out|made|capable|able|qualified|fit|talented|smart|ready)\b", "Capability"
    ),
    Rule(
        _AM + r"(?:a|an|such\s+a|such\s+an)\s+(?:(?:total|complete|huge|real)\s+)?"
        r"(?:failure|loser|disappointment|mess|bad\s+\w+|terrible\s+\w+|horrible\s+\w+|waste)\b",
        "Self-Worth", trap="labelling",
    ),
    Rule(
        _AM + r"(?:a|an|such\s+a)\s+(?:fraud|impostor|imposter|phony)\b", "Capability",
        trap="labelling",
    ),
    Rule(_AM + r"(?:a|such\s+a)\s+burden\b", "Belonging", trap="labelling"),
    Rule(
        _AM + r"(?:worthless|useless|stupid|weak|broken|unlovable|defective|pathetic|unworthy"
        r"|ugly)\b",
        "Self-Worth", trap="labelling",
    ),
    Rule(
        _AM + r"(?:incompetent|inadequate|incapable|hopeless\s+at|obsolete|lazy)\b", "Capability",
        trap="labelling",
    ),
    Rule(r"\bI\s+(?:don['’]t|do\s+not)\s+(?:\w+\s+)?deserve\b", "Deservingness"),
    Rule(
        r"\bI\s+(?:(?:don['’]t|do\s+not|never|will\s+never)\s+)(?:\w+\s+)?(?:belong|fit\s+in|matter)\b",
        "Belonging",
    ),
    Rule(
        r"\bI\s+(?:always|never)\s+(?:mess|screw|fail|ruin|disappoint|lose|succeed|get\s+(?:it|things|"
        r"anything)|finish\s+anything|do\s+(?:it|things|anything)|say\s+the)\b[^.!?,;]*",
        "Capability", trap="overgeneralisation",
    ),
    Rule(
        r"\bI(?:['’]ll|\s+will|['’]m\s+(?:going\s+to|gonna))\s+(?:always|never)\s+\w+", "Future",
        about="future", trap="fortune telling",
    ),
    Rule(
        r"\bI(?:['’]ll|\s+will|['’]m\s+going\s+to)\s+(?:\w+\s+)?(?:fail|mess\s+(?:it|this|up)|fall\s+"
        r"(?:behind|apart)|lose\s+(?:control|everything)|end\s+up|let\s+\w+\s+down|disappoint)\b",
        "Future", about="future", trap="fortune telling",
    ),
    Rule(
        r"\bI\s+(?:have\s+to|must|need\s+to|had\s+to)\s+prove\s+(?:myself|that|my)\b", "Self-Worth",
        trap="should statement",
    ),
    Rule(
        _MUST + r"(?:always|never|constantly|be\s+(?:perfect|strong|productive|better|the\s+best|"
        r"in\s+control|on\s+top)|do\s+(?:everything|it\s+all|more|better)|have\s+it\s+all|keep\s+it)\b",
        "Control", trap="should statement",
    ),
    Rule(r"\bI\s+should\s+have\s+(?:\w+\s+)?(?:caught|known|seen|done|been|noticed|prevented"
        r"|\w+\s+(?:\w+\s+)?(?:more|better|earlier|sooner|harder))\b",
          "Capability", trap="should statement"),
    Rule(
        r"\bI\s+(?:shouldn['’]t|should\s+not|must\s+not|mustn['’]t)\s+(?:feel|need|ask|be|show|cry|rest)\b",
        "Deservingness", trap="should statement",
    ),
    Rule(
        r"\bI\s+(?:can['’]t|cannot|can\s+never)\s+(?:ever\s+)?(?:do\s+anything|do\s+this|cope|be\s+loved"
        r"|succeed|afford\s+to\s+(?:fail|make)|get\s+anything|be\s+happy|ever)\b", "Capability",
    ),
    Rule(r"\b(?:I|you)\s+can['’]t\s+trust\s+(?:anyone|anybody|people|men|women|others|them)\b",
          "Safety", about="others", trap="overgeneralisation"),
    Rule(
        r"\b(?:no\s*one|nobody)\s+(?:(?:really|ever|will|would|can|could)\s+)*(?:like|love|care|want|"
        r"understand|listen|need|help|notice|take)s?\b", "Belonging", about="others",
        trap="overgeneralisation",
    ),
    Rule(
        r"\b(?:everyone|everybody)(?:\s+else)?(?:\s+is|['’]s|\s+has|\s+seems)?\s+(?:\w+\s+)?"
        r"(?:better|figuring|ahead|happier|smarter|more\s+\w+|leaves|judges|hates|got\s+it|together)\b",
        "Others", about="others", trap="overgeneralisation",
    ),
    Rule(
        r"\b(?:people|others|men|women)\s+(?:always|never|will\s+(?:always|never)|only|can['’]t\s+be)\s+"
        r"\w+", "Others", about="others", trap="overgeneralisation",
    ),
    Rule(
        r"\bthe\s+world\s+is\s+\w+|\blife\s+is\s+(?:\w+\s+)?(?:unfair|hard|dangerous|meaningless|cruel|"
        r"short|good|worth)\b", "World View", about="world",
    ),
    Rule(
        r"\bnothing\s+(?:(?:ever|will|I\s+do)\s+)+\w+", "Future", about="future",
        trap="overgeneralisation",
    ),
    Rule(
        r"\b(?:I\s+(?:have|had)|there\s+is|there['’]s)\s+no\s+(?:purpose|reason\s+to\s+live|point\s+in)\b",
        "Purpose",
    ),
    Rule(r"\bI\s+see\s+myself\s+as\s+(?:someone|a|an|the|not|less|weak)\b", "Self-Worth"),
    Rule(r"\bmy\s+(?:worth|value)\s+(?:is|depends|comes|was)\b", "Self-Worth"),
    Rule(r"\bexposing\s+some\s+fundamental\s+flaw\b", "Self-Worth"),
    Rule(
        r"\bI\s+(?:don['’]t|do\s+not)\s+(?:always\s+)?(?:have|need)\s+to\s+be\s+(?:perfect|the\s+best|"
        r"strong|everything|productive|everywhere|right)\b|\bI\s+(?:don['’]t|do\s+not)\s+have\s+to\s+"
        r"(?:prove|do\s+everything|earn|fix\s+everything|please)\b", "Self-Worth", EMPOWERING,
    ),
    Rule(
        r"\b(?:doesn['’]t|does\s+not|don['’]t|do\s+not)\s+define\s+(?:me|my\b|who)", "Self-Worth",
        EMPOWERING,
    ),
    Rule(
        _AM + r"(?:capable|good\s+enough|enough|worthy|strong|competent|lovable|valuable)\b",
        "Self-Worth", EMPOWERING,
    ),
    Rule(
        r"\bI\s+can\s+(?:handle|cope|learn|lead|do\s+(?:it|this|hard)|trust\s+myself|grow)\b",
        "Capability", EMPOWERING,
    ),
    Rule(r"\bI(?:['’]ve|\s+have)\s+shown\s+(?:that\s+)?I\s+can\b", "Capability", EMPOWERING),
    Rule(
        r"\b(?:making\s+)?mistakes?\s+(?:are|is|can\s+be)\s+(?:\w+\s+)?(?:part|opportunit|how|okay|ok|"
        r"normal|human|a\s+chance)", "World View", EMPOWERING, about="world",
    ),
    Rule(
        r"\bit(?:['’]s|\s+is)\s+(?:okay|ok|all\s+right|alright)\s+(?:to|if|not\s+to|for\s+me)\b",
        "Deservingness", EMPOWERING,
    ),
    Rule(r"\bI\s+(?:do\s+)?deserve\b", "Deservingness", EMPOWERING),
    Rule(
        r"\b(?:can|could)\s+still\s+be\s+(?:valuable|good|effective|successful|worthy|loved|enough)\b",
        "Self-Worth", EMPOWERING,
    ),
)  # fmt: skip
